// Sends a table to the programs of the visitor's own machine by the web profile of SAMP (IVOA Recommendation 1.3,
// section 5): XML-RPC to the hub that TOPCAT or Aladin runs. Nothing is shown where none answers.

const HUB = "http://localhost:21012/";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const PATIENCE = 2000; // milliseconds for a sign of life; a registration waits for the visitor
const ANSWER = "60"; // seconds for a program to read the table
const TABLE = "table.load.votable";

function toXml(value) {
  if (typeof value === "string") {
    const text = document.createElement("string");
    text.textContent = value;
    return `<value><string>${text.innerHTML}</string></value>`;
  }
  const members = Object.entries(value).map(([name, part]) => `<member><name>${name}</name>${toXml(part)}</member>`);
  return `<value><struct>${members.join("")}</struct></value>`;
}

function fromXml(element) {
  const typed = element.firstElementChild;
  if (!typed) return element.textContent;
  if (typed.tagName === "struct") {
    const parts = [...typed.children].map((member) => [member.children[0].textContent, fromXml(member.children[1])]);
    return Object.fromEntries(parts);
  }
  if (typed.tagName === "array") return [...typed.querySelector("data").children].map(fromXml);
  return typed.textContent;
}

async function call(method, values, patience) {
  const parameters = values.map((value) => `<param>${toXml(value)}</param>`).join("");
  const response = await fetch(HUB, {
    method: "POST",
    headers: { "Content-Type": "text/xml" },
    body: `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${parameters}</params></methodCall>`,
    signal: patience ? AbortSignal.timeout(patience) : undefined,
  });
  const answer = new DOMParser().parseFromString(await response.text(), "text/xml");
  const fault = answer.querySelector("fault > value");
  if (fault) throw new Error(fromXml(fault).faultString);
  const result = answer.querySelector("params > param > value");
  return result ? fromXml(result) : "";
}

async function mayAsk() {
  if (LOOPBACK.includes(location.hostname)) return "granted";
  try {
    return (await navigator.permissions.query({ name: "local-network-access" })).state;
  } catch {
    return "granted"; // a browser that asks nobody
  }
}

// Each program is asked for its answer: a note without one would be lost where we leave the hub before it hands it on.
async function send(url, name) {
  const { "samp.private-key": key } = await call("samp.webhub.register", [{ "samp.name": "dtl" }]);
  try {
    const message = { "samp.mtype": TABLE, "samp.params": { url, name, "table-id": url } };
    const programs = Object.keys(await call("samp.webhub.getSubscribedClients", [key, TABLE]));
    const ask = (program) => call("samp.webhub.callAndWait", [key, program, message, ANSWER]);
    const answers = await Promise.all(programs.map(ask));
    const refusal = answers.find((answer) => answer["samp.status"] === "samp.error");
    if (refusal) throw new Error(refusal["samp.error"]["samp.errortxt"]);
    return answers.length;
  } finally {
    await call("samp.webhub.unregister", [key]);
  }
}

// A table on its way outlives the element, which is drawn anew where the page is: the one that is there says the end.
const sent = { words: "", underway: false, end: Promise.resolve(), show: () => {} };

async function deliver(url, name) {
  Object.assign(sent, { words: "Confirm in TOPCAT …", underway: true });
  sent.show();
  try {
    const taken = await send(url, name);
    sent.words = taken ? "Sent." : "No program there takes tables.";
  } catch (error) {
    sent.words = `Not sent: ${error.message}`;
  }
  sent.underway = false;
  sent.show();
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  let alive = true;
  sent.show = () => {
    button.disabled = sent.underway;
    if (sent.underway) button.hidden = false;
    status.textContent = sent.words;
  };
  sent.show();

  const look = async () => {
    const before = sent.end;
    try {
      await call("samp.webhub.ping", [], PATIENCE);
      if (alive && !data.url) setStateValue("hub", true);
    } catch {
      if (sent.end !== before) {
        await sent.end; // a hub that waits for its visitor, or for a program, may be silent to all others
        return look();
      }
      if (alive && data.url) setStateValue("hub", false);
      return false;
    }
    return true;
  };

  mayAsk().then(async (answer) => {
    await sent.end;
    if (answer === "granted") {
      const found = await look();
      if (alive) button.hidden = !(found && data.url);
    } else if (answer === "prompt" && !data.url) {
      button.textContent = "Look for TOPCAT";
      button.hidden = false;
    }
  });

  button.onclick = async () => {
    if (data.url) {
      sent.end = deliver(new URL(data.url, document.baseURI).href, data.name);
      return;
    }
    status.textContent = "";
    if (!(await look())) status.textContent = "No program answers; start TOPCAT and try again.";
  };
  return () => {
    alive = false;
    if (!sent.underway && !parentElement.isConnected) sent.words = ""; // the page was left
  };
}
