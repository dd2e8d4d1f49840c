// What every page loads: htmx, and small enhancements of things that work without them.
import htmx from "htmx.org";
import { startAutoSubmit } from "./enhance/auto-submit";
import { startCharts } from "./enhance/chart-loader";
import { startCopy } from "./enhance/copy-address";
import { startDisplay } from "./enhance/display";
import { startMenus } from "./enhance/menus";
import { startPrint } from "./enhance/print-page";
import { startTables } from "./enhance/table-labels";
import { startSecurityKeys } from "./enhance/security-key";
import { configure, startTroubleNotice } from "./enhance/htmx-setup";

configure(htmx);
startDisplay();
startMenus();
startAutoSubmit();
startCopy();
startPrint();
startTroubleNotice();
startTables();
startCharts();
startSecurityKeys();
