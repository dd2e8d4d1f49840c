/** Runs `action` for the page as it stands and again for each fragment that htmx puts in. */
export function onContent(action: (root: ParentNode) => void): void {
  action(document);
  document.addEventListener("htmx:load", (event) => {
    const fragment = (event as CustomEvent<{ elt: Element }>).detail.elt;
    if (fragment !== document.body) action(fragment);
  });
}

/** Elements that match, the root itself included. */
export function within<T extends Element>(root: ParentNode, selector: string): T[] {
  const found = [...root.querySelectorAll<T>(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root as unknown as T);
  return found;
}
