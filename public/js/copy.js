// A Copy button for everything that has data-copy.
const shapes = {
  copy: ["M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2z", "M4 16a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2h10a2 2 0 0 1 2 2"],
  check: ["M20 6 9 17l-5-5"],
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of shapes[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over plain HTTP there is no clipboard API.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("not copied");
}

for (const source of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const say = (name, word) => button.replaceChildren(icon(name), word);
  say("copy", "Copy");
  button.setAttribute("aria-live", "polite");
  let timer;
  button.addEventListener("click", async () => {
    try {
      await write(source.dataset.copy);
      button.classList.add("copied");
      say("check", "Copied");
    } catch {
      getSelection().selectAllChildren(source.querySelector("code") ?? source);
      say("copy", "Selected: press Ctrl C");
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.classList.remove("copied");
      say("copy", "Copy");
    }, 2500);
  });
  const title = source.closest("figure")?.querySelector("figcaption");
  if (title) title.append(button);
  else if (source.matches("p")) source.append(button);
  else source.after(button);
}
