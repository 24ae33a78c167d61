"use strict";
const search = document.getElementById("search");
const domain = document.getElementById("domain");
const count = document.getElementById("count");
const tables = [...document.querySelectorAll("article")];
const sections = [...document.querySelectorAll("main > section")];
const texts = new Map(tables.map((table) => [table, table.textContent.toLowerCase()]));

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const table of tables) {
    const here = !domain.value || table.parentElement.id === domain.value;
    table.hidden = !here || !words.every((word) => texts.get(table).includes(word));
    found += table.hidden ? 0 : 1;
  }
  for (const section of sections) {
    const own = [...section.querySelectorAll("article")];
    section.hidden = domain.value ? section.id !== domain.value : words.length > 0 && own.every((table) => table.hidden);
    const picture = section.querySelector("details");
    if (picture) picture.hidden = words.length > 0;
  }
  count.value = `${found} of ${tables.length} tables`;
}

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !target.closest("[hidden]")) return;
  search.value = domain.value = "";
  show();
  target.scrollIntoView();
}

search.addEventListener("input", show);
domain.addEventListener("change", show);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") {
    search.value = domain.value = "";
    show();
  }
});
addEventListener("hashchange", reveal);
show();
