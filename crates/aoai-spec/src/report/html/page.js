"use strict";
const form = document.getElementById("choose");
const words = document.getElementById("words");
const shown = document.getElementById("shown");
const tests = [...document.querySelectorAll(".test")].map((element) => ({
  element,
  section: element.closest("section"),
  text: (element.closest("section").querySelector("h2").textContent + " " +
    element.querySelector("summary").textContent + " " +
    (element.querySelector(".reason")?.textContent ?? "")).toLowerCase(),
}));
function choose() {
  const states = new Set([...form.querySelectorAll("[name=state]:checked")].map((box) => box.value));
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const sections = new Map();
  let count = 0;
  for (const { element, section, text } of tests) {
    const fits = states.has(element.dataset.state) && wanted.every((word) => text.includes(word));
    element.hidden = !fits;
    count += fits;
    sections.set(section, sections.get(section) || fits);
  }
  for (const [section, fits] of sections) section.hidden = !fits;
  shown.textContent = `${count} of ${tests.length} tests`;
}
form.hidden = false;
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
choose();
