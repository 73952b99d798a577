// A question that folds out becomes a dialog: modal, closed by Escape, Cancel or a click beside it.
let count = 0;

for (const fold of document.querySelectorAll("details.confirm")) {
  const opener = fold.querySelector("summary");
  const box = fold.querySelector(".confirm-box");
  const question = box?.querySelector(".question");
  if (!opener || !question) continue;

  question.id ||= `question-${++count}`;
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", question.id);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  cancel.addEventListener("click", () => dialog.close());
  box.querySelector(".confirm-buttons").append(cancel);
  dialog.append(box);
  // Beside the fold, so that a button in it is still of the form around both.
  fold.after(dialog);

  const show = (event) => {
    event.preventDefault();
    dialog.showModal();
    // What does no harm is nearest.
    cancel.focus();
  };
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", show);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => opener.focus());
  // It was answered and could not be taken: what is wrong stands in it.
  if (fold.open) {
    fold.open = false;
    dialog.showModal();
  }
}
