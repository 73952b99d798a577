// A form that shows something stored: Save and Discard come when something changed, and leaving it then asks.
const text = (form) => new URLSearchParams(new FormData(form)).toString();
const changed = new Set();

for (const form of document.querySelectorAll("form[data-guard]")) {
  const stored = text(form);
  const sent = form.dataset.guard === "changed";
  const state = form.querySelector("[data-form-state]");

  const look = () => {
    const differs = sent || text(form) !== stored;
    if (differs === changed.has(form)) return;
    if (differs) changed.add(form);
    else changed.delete(form);
    form.dataset.guard = differs ? "changed" : "same";
    state.textContent = differs ? "Not saved yet" : "";
  };
  form.dataset.watched = "";
  form.addEventListener("input", look);
  form.addEventListener("change", look);
  form.addEventListener("submit", () => changed.delete(form));
  form.querySelector("[data-discard]")?.addEventListener("click", () => changed.delete(form));
  look();

  form.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (changed.has(form)) form.requestSubmit();
    }
  });
  // A page brought back by the Back button has what was typed.
  addEventListener("pageshow", look);
}

addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

// Sent once, not twice by a double click.
for (const form of document.querySelectorAll("form[method=post]")) {
  let busy = false;
  form.addEventListener("submit", (event) => {
    if (busy) event.preventDefault();
    busy = true;
  });
  addEventListener("pageshow", () => (busy = false));
}
