"use strict";
const last = ["health", "docs"];
// Relative to the page's address, so that it works below `/api/<service>/`, too.
const ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  tagsSorter: (one, other) => last.indexOf(one) - last.indexOf(other),
  // A token is forgotten with the page.
  persistAuthorization: false,
  // Sends the document to no validator.
  validatorUrl: null,
  onComplete: () => { document.title = ui.specSelectors.info().get("title"); },
});
