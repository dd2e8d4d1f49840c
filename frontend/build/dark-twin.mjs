// A page without a chosen theme follows the system: each `[data-bs-theme="dark"]` rule gets a twin for that case.
// Both hold on screens only, since paper is white.
const CHOSEN = /(:root|html)?\[data-bs-theme=["']?dark["']?\]/g;
const UNCHOSEN = ":root:not([data-bs-theme])";

export function darkTwin() {
  return {
    postcssPlugin: "peixun-dark-twin",
    OnceExit(root, { AtRule }) {
      const rules = [];
      root.walkRules((rule) => {
        if (rule.selector.match(CHOSEN)) rules.push(rule);
      });
      for (const rule of rules) {
        const following = new AtRule({ name: "media", params: "screen and (prefers-color-scheme: dark)" });
        const selectors = rule.selectors.filter((s) => s.match(CHOSEN)).map((s) => s.replace(CHOSEN, UNCHOSEN));
        following.append(rule.clone({ selectors }));
        const chosen = new AtRule({ name: "media", params: "screen" });
        rule.before(chosen);
        chosen.append(rule);
        chosen.after(following);
      }
    },
  };
}
