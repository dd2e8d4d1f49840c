// What is wrong with the page as it stands, in words: language, headings, buttons, ids, width, and on phones the size of targets.
({ language, phone }) => {
  const faults = [];
  const root = document.documentElement;
  const named = (element) =>
    `<${element.localName}${element.className ? ` class="${element.getAttribute("class")}"` : ""}> “${(element.innerText || element.getAttribute("aria-label") || element.id || "").trim().slice(0, 30)}”`;

  if (root.lang.toLowerCase() !== language) faults.push(`lang is ${root.lang}`);
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} first headings`);

  const primary = [...document.querySelectorAll(".px-button--primary")].filter((element) => element.checkVisibility());
  if (primary.length > 1) faults.push(`${primary.length} primary buttons: ${primary.map(named).join(", ")}`);

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  if (twice.length) faults.push(`ids that stand twice: ${twice.join(", ")}`);

  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width && box.right > root.clientWidth + 1 && !element.closest(".px-table-wrap, svg");
    });
    faults.push(`scrolls sideways, ${root.scrollWidth} in ${root.clientWidth}: ${wide.slice(-2).map(named).join(", ")}`);
  }

  if (phone) {
    const least = 44;
    const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    // A link is standalone unless it stands in a line with other words.
    const standalone = (link) => {
      if (getComputedStyle(link).display !== "inline") return true;
      const around = link.parentElement;
      return around.localName !== "span" && around.innerText.trim() === link.innerText.trim();
    };
    for (const element of document.querySelectorAll("button, input, select, textarea, summary, a[href]")) {
      if (element.type === "hidden" || element.disabled || !seen(element) || element.matches(".px-skip")) continue;
      if (element.localName === "a" && !standalone(element)) continue;
      if (element.matches("article.paper *")) continue; // a paper is shown as it will be printed
      const target = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") || element : element;
      const box = target.getBoundingClientRect();
      if (box.width < 2 || box.height < 2) continue;
      if (box.height < least - 0.5 || box.width < least - 0.5) {
        faults.push(`target of ${Math.round(box.width)} × ${Math.round(box.height)}: ${named(element)}`);
      }
    }
  }
  return faults;
};
