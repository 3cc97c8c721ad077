// Draws every [data-figure] with Plotly, in the page's own colours and type.
//
// A figure comes from the server with finished numbers and texts (already escaped for Plotly's small
// mark-up). A colour may be written as the name of a variable of the theme, "@verdict-clear": it is
// looked up here, so that light, dark, print and high contrast all get their own.
"use strict";

(() => {
  const root = document.documentElement;
  const swedish = root.lang.startsWith("sv");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const contrast = window.matchMedia("(forced-colors: active)");
  const paper = window.matchMedia("print");

  const config = {
    displayModeBar: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    responsive: false, // the observer below also sees a column that changes
    scrollZoom: false,
    doubleClick: false,
    locale: swedish ? "sv" : "en",
  };

  const themeColour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // "@name" becomes the theme's colour, anywhere in the figure.
  function withColours(value) {
    if (typeof value === "string" && /^@[a-z-]+$/.test(value)) return themeColour(value.slice(1));
    if (Array.isArray(value)) return value.map(withColours);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withColours(inner)]));
  }

  // The figure's own words win over the defaults.
  function merged(defaults, own) {
    const result = { ...defaults };
    for (const [key, value] of Object.entries(own)) {
      result[key] = isObject(value) && isObject(defaults[key]) ? merged(defaults[key], value) : value;
    }
    return result;
  }

  function defaultLayout(chart, layout) {
    const family = getComputedStyle(chart).fontFamily;
    const size = 0.875 * parseFloat(getComputedStyle(root).fontSize);
    const axis = {
      gridcolor: "@line",
      linecolor: "@line-strong",
      zerolinecolor: "@line-strong",
      tickcolor: "@line-strong",
      automargin: true,
      fixedrange: true,
      title: { standoff: 8, font: { size: size * 0.93, color: "@muted" } },
    };
    const defaults = {
      font: { family, size, color: "@ink" },
      separators: swedish ? ",\u00a0" : ".,",
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      colorway: ["@accent", "@verdict-clear", "@verdict-partial", "@verdict-justified", "@verdict-possible"],
      hoverlabel: {
        bgcolor: "@surface",
        bordercolor: "@line-strong",
        font: { family, size, color: "@ink" },
        align: "left",
      },
      margin: { l: 8, r: 8, t: 8, b: 8, pad: 4 },
      dragmode: false,
      showlegend: false,
      xaxis: axis,
      yaxis: axis,
    };
    for (const key of Object.keys(layout)) {
      if (/^[xy]axis\d+$/.test(key)) defaults[key] = axis;
    }
    return defaults;
  }

  // Only places on this site: "/tasks/7", never "//elsewhere" or "javascript:".
  function placeOf(point) {
    const value = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
  }

  function draw(chart) {
    const figure = JSON.parse(chart.dataset.figure);
    const layout = { ...figure.layout };
    if (paper.matches) {
      // On paper there is no time to measure again: the width of the sheet is given at once.
      layout.width = chart.clientWidth;
      layout.height = chart.clientHeight;
    }
    return window.Plotly.react(
      chart,
      withColours(figure.data),
      withColours(merged(defaultLayout(chart, layout), layout)),
      config,
    );
  }

  function fit(chart) {
    if (!paper.matches) window.Plotly.Plots.resize(chart);
  }

  function closeTable(chart) {
    const table = chart.parentElement.querySelector("details[data-waiting]");
    if (!table) return;
    table.open = false;
    table.removeAttribute("data-waiting");
  }

  async function begin(chart) {
    await draw(chart);
    closeTable(chart);
    chart.on("plotly_click", ({ points }) => {
      const place = points.map(placeOf).find(Boolean);
      if (place) window.location.assign(place);
    });
    const linked = chart.data.some((trace) => trace.customdata);
    chart.classList.toggle("chart-linked", linked);
    new ResizeObserver(() => fit(chart)).observe(chart);
  }

  const charts = [...document.querySelectorAll("[data-figure]")];
  for (const chart of charts) begin(chart);

  async function drawAgain(chart) {
    await draw(chart);
    fit(chart);
  }
  for (const media of [dark, contrast, paper]) {
    media.addEventListener("change", () => charts.forEach(drawAgain));
  }
})();
