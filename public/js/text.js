// Text areas: how many characters there are, which of them are marked, and the example put back.
const number = new Intl.NumberFormat(document.documentElement.dataset.reader);

for (const area of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(area.dataset.most);
  const marked = Number(area.dataset.mark ?? 0);
  const value = area.closest(".field-value");

  const count = document.createElement("p");
  count.className = "letters";
  const under = document.createElement("div");
  under.className = "under-area";
  area.parentElement.after(under);
  const legend = value.querySelector(".mark-legend");
  if (legend) under.append(legend);
  under.append(count);

  const copy = marked ? document.createElement("div") : null;
  if (copy) {
    copy.className = "area-mark";
    copy.setAttribute("aria-hidden", "true");
    area.before(copy);
    area.addEventListener("scroll", () => (copy.scrollTop = area.scrollTop));
  }

  const show = () => {
    const letters = [...area.value];
    count.textContent = `${number.format(letters.length)} / ${number.format(most)} characters`;
    count.classList.toggle("letters-near", letters.length > most * 0.95);
    if (!copy) return;
    const mark = document.createElement("mark");
    mark.textContent = letters.slice(0, marked).join("");
    // The last line break needs something behind it to take up a line.
    copy.replaceChildren(mark, `${letters.slice(marked).join("")}\n`);
    copy.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", show);
  show();
}

for (const example of document.querySelectorAll("[data-example]")) {
  const area = document.getElementById(example.dataset.example);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = example.dataset.label;
  button.addEventListener("click", () => {
    area.focus();
    // As if typed, so that the browser's own Undo brings back what was there.
    area.select();
    if (!document.execCommand("insertText", false, example.querySelector(".example-text").textContent)) {
      area.value = example.querySelector(".example-text").textContent;
    }
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
  });
  const tools = document.createElement("div");
  tools.className = "example-tools";
  example.before(tools);
  tools.append(button, example);
}
