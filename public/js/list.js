// A click on a row opens its record; boxes can be ticked all at once; the bar says how many are.
for (const row of document.querySelectorAll(".list tbody tr")) {
  const link = row.querySelector(":is(td, th):not(.pick, .acts) > a[href]");
  if (!link) continue;
  row.dataset.opens = "";
  row.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, select, summary, dialog, .pick, .acts")) return;
    if (String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) open(link.href);
    else link.click();
  });
}

for (const form of document.querySelectorAll("form[data-bulk]")) {
  const boxes = [...form.querySelectorAll("td.pick input")];
  const all = form.querySelector("[data-pick-all]");
  const box = all?.querySelector("input");
  const count = form.querySelector("[data-bulk-count]");
  let last = -1;

  const show = () => {
    const ticked = boxes.filter((b) => b.checked).length;
    count.textContent = `${ticked} selected`;
    if (!box) return;
    box.checked = ticked > 0 && ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  if (all) all.hidden = false;
  box?.addEventListener("change", () => {
    for (const b of boxes) b.checked = box.checked;
    show();
  });
  boxes.forEach((b, index) => {
    b.addEventListener("click", (event) => {
      // Shift ticks all from the last one to this.
      if (event.shiftKey && last >= 0) {
        for (const other of boxes.slice(Math.min(last, index), Math.max(last, index) + 1)) other.checked = b.checked;
      }
      last = index;
      show();
    });
  });
  addEventListener("pageshow", show);
  show();
}
