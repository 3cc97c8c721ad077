// The report has come through: its draft is let go.
"use strict";

sessionStorage.removeItem(document.querySelector("script[data-draft]").dataset.draft);
