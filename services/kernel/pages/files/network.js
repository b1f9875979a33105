/* With JavaScript, the links of the network are also drawn; the list below the drawing says the same, and comes first. */

const KINDS = {
  young_person: { shape: "ellipse", fill: "#0065bd", ink: "#ffffff" },
  adult: { shape: "diamond", fill: "#5e5e5e", ink: "#ffffff" },
  place: { shape: "round-rectangle", fill: "#c4e3de", ink: "#0d4a45" },
  school: { shape: "pentagon", fill: "#e1edf8", ink: "#0b457c" },
  group: { shape: "hexagon", fill: "#fff5d6", ink: "#5c4600" },
  online: { shape: "octagon", fill: "#efe4f5", ink: "#4b2a66" },
  phone: { shape: "tag", fill: "#ffffff", ink: "#333e48" },
  vehicle: { shape: "cut-rectangle", fill: "#ffffff", ink: "#333e48" },
};

const styles = () => [
  {
    selector: "node",
    style: {
      label: "data(label)",
      width: 30,
      height: 30,
      "background-color": (node) => KINDS[node.data("kind")].fill,
      shape: (node) => KINDS[node.data("kind")].shape,
      "border-width": 1.5,
      "border-color": (node) => KINDS[node.data("kind")].ink === "#ffffff" ? "#002d54" : KINDS[node.data("kind")].ink,
      color: "#1a1a1a",
      "font-family": "Roboto, sans-serif",
      "font-size": 13,
      "text-valign": "bottom",
      "text-margin-y": 5,
      "text-wrap": "wrap",
      "text-max-width": 120,
      "text-background-color": "#ffffff",
      "text-background-opacity": 0.85,
      "text-background-padding": 2,
    },
  },
  { selector: "node[?here]", style: { "border-width": 4, "border-color": "#002d54", width: 40, height: 40, "font-weight": 700 } },
  {
    selector: "edge",
    style: {
      width: (edge) => 1 + edge.data("weight"),
      "line-color": "#9aa7b3",
      "curve-style": "straight",
      "font-family": "Roboto, sans-serif",
      "font-size": 11,
      color: "#333e48",
      "text-background-color": "#ffffff",
      "text-background-opacity": 0.9,
      "text-background-padding": 2,
    },
  },
  { selector: ".quiet", style: { opacity: 0.18 } },
  { selector: "edge.near", style: { "line-color": "#0065bd", label: "data(label)" } },
];

const button = (words, press) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "cairn_drawing__button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
};

const NARROW = 560;

/* Where there is little room, all stand in one ring, where no name lies over another. */
const layoutFor = (canvas, count) => {
  const boundingBox = { x1: 0, y1: 0, w: canvas.clientWidth, h: canvas.clientHeight };
  if (canvas.clientWidth < NARROW && count <= 16) {
    const [x, y] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const turn = (node) => (2 * Math.PI * Number(node.id().slice(1))) / count;
    const positions = (node) => ({ x: x + (x - 44) * Math.sin(turn(node)), y: y - 8 - (y - 40) * Math.cos(turn(node)) });
    return { name: "preset", positions, fit: false };
  }
  return {
    name: "cose",
    animate: false,
    randomize: false,
    padding: 40,
    boundingBox,
    nodeDimensionsIncludeLabels: true,
    nodeRepulsion: () => 900000,
    idealEdgeLength: () => 120,
    edgeElasticity: () => 60,
    gravity: 0.4,
    numIter: 1500,
    componentSpacing: 80,
  };
};

const draw = (frame, links) => {
  const canvas = document.createElement("div");
  canvas.className = "cairn_drawing__canvas __________cytoscape_container";
  canvas.setAttribute("aria-hidden", "true");
  const bar = document.createElement("div");
  bar.className = "cairn_drawing__bar";
  frame.append(canvas, bar);
  frame.hidden = false;
  const drawing = window.cytoscape({
    container: canvas,
    elements: [
      ...links.nodes.map((data) => ({ group: "nodes", data })),
      ...links.links.map((data) => ({ group: "edges", data })),
    ],
    style: styles(),
    layout: { name: "null" },
    userZoomingEnabled: false,
    boxSelectionEnabled: false,
    maxZoom: 1.6,
    minZoom: 0.2,
  });
  const legible = () => {
    const by = 1 / drawing.zoom();
    const narrow = canvas.clientWidth < NARROW;
    drawing
      .style()
      .selector("node")
      .style({ width: 26 * by, height: 26 * by, "font-size": (narrow ? 11 : 13) * by, "text-max-width": (narrow ? 78 : 120) * by, "text-margin-y": 4 * by, "border-width": 1.5 * by })
      .selector("node[?here]")
      .style({ width: 36 * by, height: 36 * by, "border-width": 4 * by })
      .selector("edge")
      .style({ width: (edge) => (1 + edge.data("weight")) * by, "font-size": 12 * by })
      .update();
  };
  const all = () => {
    drawing.fit(drawing.nodes(), canvas.clientWidth < NARROW ? 30 : 56);
    legible();
  };
  const arranged = () => {
    drawing.zoom(1);
    legible();
    drawing.layout(layoutFor(canvas, links.nodes.length)).run();
    all();
    return canvas.clientWidth < NARROW;
  };
  /* A phone that is turned has another shape: where all stood before, names would be cut off. */
  let narrow = arranged();
  drawing.on("resize", () => {
    if (canvas.clientWidth < NARROW === narrow) all();
    else narrow = arranged();
  });
  const zoom = (by) => drawing.zoom({ level: drawing.zoom() * by, renderedPosition: { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 } });
  bar.append(
    button("Closer", () => zoom(1.25)),
    button("Further", () => zoom(0.8)),
    button("All of it", all),
  );
  const apart = (element) => {
    const near = element.closedNeighborhood();
    drawing.elements().addClass("quiet").removeClass("near");
    near.removeClass("quiet");
    near.edges().addClass("near");
  };
  drawing.on("tap", "node", (event) => apart(event.target));
  drawing.on("tap", (event) => event.target === drawing && drawing.elements().removeClass("quiet near"));
};

const frame = document.querySelector("[data-drawing]");
const said = document.querySelector("#network-links");
if (frame && said && window.cytoscape) {
  const links = JSON.parse(said.textContent);
  if (links.nodes.length) draw(frame, links);
}
