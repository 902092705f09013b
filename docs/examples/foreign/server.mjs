// A small OpenAI-compatible server around node-llama-cpp.
//
//   node server.mjs --model model.gguf --port 8080 [--ctx 2048] [--threads 1]
//
// GET /health, GET /v1/models, POST /v1/completions, POST /v1/chat/completions.
// One request is computed at a time; the others wait in a queue.
import {randomUUID} from "node:crypto";
import http from "node:http";
import path from "node:path";
import {parseArgs} from "node:util";
import {getLlama, LlamaChatSession, LlamaCompletion} from "node-llama-cpp";

const {values: options} = parseArgs({
    options: {
        model: {type: "string"},
        port: {type: "string", default: "8080"},
        ctx: {type: "string", default: "2048"},
        threads: {type: "string", default: "1"}
    }
});

const llama = await getLlama({gpu: false, build: "never", logLevel: "warn"});
const model = await llama.loadModel({modelPath: options.model});
const context = await model.createContext({contextSize: Number(options.ctx), threads: Number(options.threads)});
const sequence = context.getSequence();
const modelName = path.basename(options.model, ".gguf");
const loadedAt = Math.floor(Date.now() / 1000);

class ApiError extends Error {
    constructor(status, message, param = null, code = null, type = "invalid_request_error") {
        super(message);
        Object.assign(this, {status, body: {error: {message, type, param, code}}});
    }
}

// --- one job at a time -----------------------------------------------------------------------------------------------

let tail = Promise.resolve();

function enqueue(job) {
    const result = tail.then(job);
    tail = result.catch(() => {});
    return result;
}

// --- requests --------------------------------------------------------------------------------------------------------

async function readJson(req) {
    const chunks = [];
    for await (const chunk of req)
        chunks.push(chunk);
    try {
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
        if (typeof body === "object" && body !== null && !Array.isArray(body))
            return body;
    } catch { /* answered below */ }
    throw new ApiError(400, "We could not parse the JSON body of your request.");
}

function number(body, name, min, max, fallback, integer = false) {
    const value = body[name] ?? fallback;
    if (value === undefined)
        return undefined;
    if (typeof value !== "number" || (integer && !Number.isInteger(value)))
        throw new ApiError(400, `Invalid type for '${name}': expected ${integer ? "an integer" : "a number"}.`, name, "invalid_type");
    if (value < min || value > max)
        throw new ApiError(400, `Invalid '${name}': must be between ${min} and ${max}, got ${value}.`, name, "invalid_value");
    return value;
}

function generationOptions(body) {
    if (body.model !== undefined && body.model !== modelName)
        throw new ApiError(404, `The model '${body.model}' does not exist.`, "model", "model_not_found");
    if ((body.n ?? 1) !== 1)
        throw new ApiError(400, "Only n = 1 is supported.", "n", "unsupported_value");

    const stop = typeof body.stop === "string" ? [body.stop] : body.stop ?? [];
    if (!Array.isArray(stop) || stop.length > 4 || stop.some((text) => typeof text !== "string"))
        throw new ApiError(400, "'stop' must be a string or an array of at most 4 strings.", "stop", "invalid_value");

    const penalty = number(body, "frequency_penalty", -2, 2, 0);
    const presence = number(body, "presence_penalty", -2, 2, 0);
    return {
        maxTokens: number(body, body.max_completion_tokens != null ? "max_completion_tokens" : "max_tokens", 1, context.contextSize, undefined, true),
        temperature: number(body, "temperature", 0, 2, 1),
        topP: number(body, "top_p", 0, 1, 1),
        seed: number(body, "seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, undefined, true),
        repeatPenalty: penalty || presence ? {frequencyPenalty: penalty, presencePenalty: presence} : false,
        customStopTriggers: stop.length > 0 ? stop : undefined
    };
}

const finishReason = (stopReason) => (stopReason === "maxTokens" ? "length" : "stop");

// --- the two kinds of completion: each returns {text, stopReason} and calls onText with pieces of the text -----------

async function complete(body, settings) {
    if (typeof body.prompt !== "string" || body.prompt === "")
        throw new ApiError(400, "'prompt' must be a non-empty string.", "prompt", "invalid_type");
    const tokens = model.tokenize(body.prompt, true);
    checkLength(tokens.length, settings.maxTokens, "prompt");
    const completion = new LlamaCompletion({contextSequence: sequence});
    try {
        const {response, metadata} = await completion.generateCompletionWithMeta(tokens, {...settings, maxTokens: settings.maxTokens ?? 16});
        return {text: response, stopReason: metadata.stopReason};
    } finally {
        completion.dispose();
    }
}

async function chat(body, settings) {
    const messages = body.messages;
    if (!Array.isArray(messages) || messages.length === 0)
        throw new ApiError(400, "'messages' must be a non-empty array.", "messages", "invalid_type");
    const history = messages.map(({role, content}, i) => {
        const text = Array.isArray(content) ? content.map((part) => part.text ?? "").join("") : content;
        if (typeof text !== "string")
            throw new ApiError(400, `Invalid content in messages[${i}].`, `messages[${i}].content`, "invalid_type");
        switch (role) {
            case "system": case "developer": return {type: "system", text};
            case "user": return {type: "user", text};
            case "assistant": return {type: "model", response: [text]};
            default: throw new ApiError(400, `Invalid role '${role}' in messages[${i}].`, `messages[${i}].role`, "invalid_value");
        }
    });
    const last = history.pop();
    if (last.type !== "user")
        throw new ApiError(400, "The last message must be from the user.", "messages", "invalid_value");
    checkLength(messages.reduce((sum, {content}) => sum + model.tokenize(String(content)).length, 0), settings.maxTokens, "messages");

    const session = new LlamaChatSession({contextSequence: sequence});
    try {
        session.setChatHistory(history);
        const {responseText, stopReason} = await session.promptWithMeta(last.text, settings);
        return {text: responseText, stopReason};
    } finally {
        session.dispose();
    }
}

function checkLength(promptTokens, maxTokens = 1, param) {
    if (promptTokens + maxTokens > context.contextSize)
        throw new ApiError(400, `This model's maximum context length is ${context.contextSize} tokens. However, you requested ` +
            `${promptTokens + maxTokens} tokens (${promptTokens} in the ${param}, ${maxTokens} in the completion).`, param, "context_length_exceeded");
}

async function answer(req, res, generate, {prefix, object, chunkObject, choice, delta, first}) {
    const body = await readJson(req);
    const settings = generationOptions(body);
    const head = {id: `${prefix}-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: modelName};
    const abort = new AbortController();
    res.on("close", () => abort.abort());

    const send = (choices, extra = {}) => {
        if (!res.headersSent)
            res.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Connection": "keep-alive"});
        res.write(`data: ${JSON.stringify({...head, object: chunkObject, choices, ...extra})}\n\n`);
    };
    const piece = (fields, finish_reason = null) => [{index: 0, ...fields, logprobs: null, finish_reason}];
    let started = false;
    const onTextChunk = (text) => {
        if (!started && first)
            send(piece(first));
        started = true;
        send(piece(delta(text)));
    };

    await enqueue(async () => {
        if (abort.signal.aborted)
            return;
        await sequence.clearHistory();
        const before = sequence.tokenMeter.getState();
        const result = await generate(body, {...settings, signal: abort.signal, ...(body.stream ? {onTextChunk} : {})});
        const used = sequence.tokenMeter.diff(before);
        const usage = {
            prompt_tokens: used.usedInputTokens,
            completion_tokens: used.usedOutputTokens,
            total_tokens: used.usedInputTokens + used.usedOutputTokens
        };
        if (!body.stream)
            return sendJson(res, 200, {...head, object, choices: [{index: 0, ...choice(result.text), logprobs: null, finish_reason: finishReason(result.stopReason)}], usage});
        send(piece(delta(""), finishReason(result.stopReason)));
        if (body.stream_options?.include_usage)
            send([], {usage});
        res.end("data: [DONE]\n\n");
    });
}

const completions = {
    prefix: "cmpl", object: "text_completion", chunkObject: "text_completion",
    choice: (text) => ({text}), delta: (text) => ({text})
};
const chatCompletions = {
    prefix: "chatcmpl", object: "chat.completion", chunkObject: "chat.completion.chunk",
    choice: (content) => ({message: {role: "assistant", content}}),
    delta: (content) => ({delta: content === "" ? {} : {content}}),
    first: {delta: {role: "assistant", content: ""}}
};

// --- HTTP ------------------------------------------------------------------------------------------------------------

function sendJson(res, status, body) {
    res.writeHead(status, {"Content-Type": "application/json"});
    res.end(JSON.stringify(body));
}

const modelEntry = {id: modelName, object: "model", created: loadedAt, owned_by: "node-llama-cpp"};
const routes = {
    "GET /health": (req, res) => sendJson(res, 200, {status: "ok"}),
    "GET /v1/models": (req, res) => sendJson(res, 200, {object: "list", data: [modelEntry]}),
    "POST /v1/completions": (req, res) => answer(req, res, complete, completions),
    "POST /v1/chat/completions": (req, res) => answer(req, res, chat, chatCompletions)
};

const server = http.createServer(async (req, res) => {
    const url = req.url.split("?")[0];
    try {
        const route = routes[`${req.method} ${url}`];
        if (route === undefined)
            throw new ApiError(404, `Invalid URL (${req.method} ${url})`, null, "unknown_url");
        await route(req, res);
    } catch (error) {
        if (res.destroyed)
            return;
        if (!(error instanceof ApiError))
            console.error(error);
        const body = error.body ?? {error: {message: "The server had an error while processing your request.", type: "server_error", param: null, code: null}};
        if (res.headersSent)
            res.end(`data: ${JSON.stringify(body)}\n\n`);
        else
            sendJson(res, error.status ?? 500, body);
    }
});
server.listen(Number(options.port), "127.0.0.1", () => console.log(`${modelName} on http://127.0.0.1:${options.port}`));

for (const signal of ["SIGINT", "SIGTERM"])
    process.on(signal, () => server.close(() => process.exit(0)));
