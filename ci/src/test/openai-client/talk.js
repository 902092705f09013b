// Talks to a worker through the official client and prints what came, as one JSON object. Judging is the test's part.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "unused", maxRetries: 0, timeout: 120_000 });
const seen = {};

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const [model] = models;
seen.models = models;
seen.model = await client.models.retrieve(model);

const greedy = { model, temperature: 0, seed: 7, max_tokens: 12 };
const raw = { ...greedy, prompt: "Once upon a time" };
const chat = {
  ...greedy,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Say " }, { type: "text", text: "hello." }] },
  ],
};

async function chunks(stream) {
  const all = [];
  for await (const chunk of stream) all.push(chunk);
  return all;
}

async function streamed(create, request) {
  const all = await chunks(await create({ ...request, stream: true, stream_options: { include_usage: true } }));
  const choices = all.flatMap((chunk) => chunk.choices);
  return {
    text: choices.map((choice) => choice.text ?? choice.delta.content ?? "").join(""),
    role: choices[0]?.delta?.role,
    finishes: choices.map((choice) => choice.finish_reason).filter((reason) => reason !== null),
    identities: new Set(all.map((c) => JSON.stringify([c.id, c.object, c.created, c.model]))).size,
    usages: all.map((chunk) => chunk.usage).filter(Boolean),
    last: all.at(-1),
  };
}

async function refusal(call) {
  try {
    await call();
    return { name: "none" };
  } catch (error) {
    return {
      name: error.constructor.name,
      status: error.status,
      code: error.code,
      param: error.param,
      type: error.type,
      message: error.message,
    };
  }
}

const completions = (request) => client.completions.create(request);
const chats = (request) => client.chat.completions.create(request);

seen.completion = await completions(raw);
seen.completionStream = await streamed(completions, raw);
seen.chat = await chats(chat);
seen.chatStream = await streamed(chats, chat);

// Stops at a text that the unstopped answer is known to hold.
const text = seen.completion.choices[0].text;
const stop = text.slice(Math.floor(text.length / 2), Math.floor(text.length / 2) + 3);
seen.stop = { stop, answer: await completions({ ...raw, stop: [stop] }) };

const helper = client.chat.completions.stream(chat);
seen.helper = await helper.finalContent();

seen.errors = {
  temperature: await refusal(() => chats({ ...chat, temperature: 3 })),
  n: await refusal(() => chats({ ...chat, n: 2 })),
  tools: await refusal(() => chats({ ...chat, tools: [{ type: "function", function: { name: "f" } }] })),
  format: await refusal(() => chats({ ...chat, response_format: { type: "json_object" }, stream: true })),
  logprobs: await refusal(() => completions({ ...raw, logprobs: 1 })),
  model: await refusal(() => chats({ ...chat, model: "gpt-nothing" })),
  noModel: await refusal(() => client.models.retrieve("gpt-nothing")),
  context: await refusal(() => completions({ ...raw, prompt: "word ".repeat(20_000) })),
  route: await refusal(() => client.embeddings.create({ model, input: "x" })),
};

// An aborted stream must stop its job, which /metrics counts as cancelled.
const long = await chats({ ...chat, max_tokens: undefined, stream: true });
let read = 0;
for await (const chunk of long) {
  if (chunk.choices[0]?.delta.content && ++read === 2) break;
}
const metrics = async () => (await fetch(`${process.argv[2]}/metrics`)).text();
const cancelled = /^worker_requests_total\{outcome="cancelled"\} 1$/m;
const until = Date.now() + 20_000;
let now = await metrics();
while (!cancelled.test(now) && Date.now() < until) now = await metrics();
seen.abort = { read, cancelled: cancelled.test(now) };

process.stdout.write(JSON.stringify(seen));
