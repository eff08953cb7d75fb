// Sends the call of the form from the browser, and shows what comes back.
"use strict";

const SOAP = {
  "1.1": { namespace: "http://schemas.xmlsoap.org/soap/envelope/", contentType: "text/xml; charset=utf-8" },
  "1.2": { namespace: "http://www.w3.org/2003/05/soap-envelope", contentType: "application/soap+xml; charset=utf-8" },
};

const form = document.getElementById("call");
const answer = document.getElementById("answer");

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const element = (name, content) => `<${name}>${content}</${name}>`;

// Of an array, each line is an item: a reference, and behind the first "=" its value.
function content({ value, dataset }) {
  if (!dataset.item) return escape(value);
  const [reference, text] = dataset.elements.split(" ");
  const item = (line) => {
    const [before, ...behind] = line.split("=");
    return element(dataset.item, element(reference, escape(before)) + element(text, escape(behind.join("="))));
  };
  return value.split("\n").filter((line) => line.trim()).map(item).join("");
}

function envelope(soap) {
  const { operation, parameter, namespace } = form.dataset;
  const fields = Array.from(form.querySelectorAll("input, textarea"), (field) => element(field.name, content(field)));
  return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${soap.namespace}"><soap:Body>`
    + `<${operation} xmlns="${escape(namespace)}"><${parameter}>${fields.join("")}</${parameter}></${operation}>`
    + "</soap:Body></soap:Envelope>";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const version = document.getElementById("version").value;
  const soap = SOAP[version];
  const headers = { "Content-Type": soap.contentType };
  if (version === "1.1") headers.SOAPAction = `"${form.dataset.action}"`;
  answer.hidden = false;
  answer.textContent = "…";
  try {
    const response = await fetch(location.pathname, { method: "POST", headers, body: envelope(soap) });
    const head = `HTTP/1.1 ${response.status} ${response.statusText}\nContent-Type: ${response.headers.get("Content-Type")}`;
    answer.textContent = `${head}\n\n${await response.text()}`;
  } catch (error) {
    answer.textContent = `No answer: ${error.message}`;
  }
});
