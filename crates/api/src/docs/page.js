"use strict";
// Shows /openapi.json and lets the reader try each operation. Text goes in as text, never as HTML.

const make = (name, text, ...children) => {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
};

let schemas = {};
const named = (schema) => (schema && schema.$ref ? schemas[schema.$ref.split("/").pop()] || {} : schema || {});

// A sample value of a schema, for the body of a first try.
const sample = (schema, depth = 0) => {
  const s = named(schema);
  if (s.example !== undefined) return s.example;
  if (s.enum) return s.enum[0];
  const choice = (s.oneOf || s.anyOf || []).find((one) => one.type !== "null");
  if (choice) return depth > 6 ? null : sample(choice, depth + 1);
  if (s.allOf) return Object.assign({}, ...s.allOf.map((one) => sample(one, depth + 1)));
  const type = Array.isArray(s.type) ? s.type.find((one) => one !== "null") : s.type;
  if (type === "array") return depth > 6 ? [] : [sample(s.items, depth + 1)];
  if (type === "integer" || type === "number") return 0;
  if (type === "boolean") return true;
  if (type === "string") return "";
  const entries = Object.entries(s.properties || {});
  return Object.fromEntries(entries.map(([name, one]) => [name, depth > 6 ? null : sample(one, depth + 1)]));
};

const table = (rows) => {
  const body = make("table");
  for (const cells of rows) body.append(make("tr", "", ...cells.map((cell) => make("td", String(cell ?? "")))));
  return body;
};

const tryOut = (method, path, operation) => {
  const box = make("div");
  const inputs = new Map();
  for (const parameter of operation.parameters || []) {
    const input = make("input");
    inputs.set(parameter, input);
    box.append(make("p", "", make("label", parameter.name + " ", input)));
  }
  const json = operation.requestBody?.content?.["application/json"];
  const area = json ? make("textarea", JSON.stringify(sample(json.schema), null, 2)) : null;
  const button = make("button", "Try");
  const answer = make("pre");
  button.onclick = async () => {
    let url = path;
    const query = new URLSearchParams();
    for (const [parameter, input] of inputs) {
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (parameter.in === "query" && input.value) query.set(parameter.name, input.value);
    }
    const headers = { Authorization: "Bearer " + document.getElementById("token").value };
    if (area) headers["Content-Type"] = "application/json";
    try {
      const options = { method: method.toUpperCase(), headers, body: area ? area.value : undefined };
      const response = await fetch(url + (query.size ? "?" + query : ""), options);
      const text = await response.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      answer.textContent = `${response.status} ${response.statusText}\n${shown.slice(0, 20000)}`;
    } catch (error) {
      answer.textContent = String(error);
    }
  };
  if (area) box.append(area);
  box.append(make("p", "", button), answer);
  return box;
};

const operationView = (method, path, operation) => {
  const details = make("details");
  const summary = make("summary", "", make("b", method), make("code", path), make("span", operation.summary));
  details.dataset.text = `${method} ${path} ${operation.summary} ${operation.description}`.toLowerCase();
  details.append(summary);
  details.ontoggle = () => {
    if (details.childElementCount > 1) return;
    if (operation.description) details.append(make("p", operation.description));
    const parameters = (operation.parameters || []).map((p) => [p.name, p.in, p.required ? "needed" : "", p.description]);
    if (parameters.length) details.append(table(parameters));
    for (const [status, response] of Object.entries(operation.responses)) {
      const schema = Object.values(response.content || {})[0]?.schema;
      if (!schema || Number(status) >= 400) continue;
      details.append(make("p", `Answer ${status}`), make("pre", JSON.stringify(sample(schema), null, 2)));
    }
    const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    details.append(table(problems.map(([status, response]) => [status, response.description])));
    details.append(tryOut(method, path, operation));
  };
  return details;
};

const show = (api) => {
  schemas = api.components?.schemas || {};
  document.getElementById("about").textContent = `${api.info.description} Version ${api.info.version}.`;
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags?.[0] || "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationView(method, path, operation));
    }
  }
  for (const [tag, views] of groups) document.getElementById("operations").append(make("section", "", make("h2", tag), ...views));
};

document.getElementById("find").oninput = (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const view of document.querySelectorAll("details")) view.hidden = !view.dataset.text.includes(wanted);
};

fetch("/openapi.json").then((response) => response.json()).then(show, (error) => {
  document.getElementById("about").textContent = "The document could not be read: " + error;
});
