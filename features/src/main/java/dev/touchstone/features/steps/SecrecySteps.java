package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.JobIdSafety;
import dev.touchstone.harness.check.ResponseHeaders;
import dev.touchstone.harness.check.Secrecy;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.StreamingCall;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What answers give away, and what ids and headers may do. Public because Cucumber makes it. */
public final class SecrecySteps {
    private static final String PROMPT = "one two three four one two three";
    private static final String ORIGIN = "https://touchstone.invalid";
    private static final Duration JOB = Duration.ofSeconds(1);
    /** A piece of a text that is so long stands nowhere by chance. */
    private static final int TELLING_TEXT = 32;

    private final World world;
    private final Asking asking;

    public SecrecySteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client sends job ids that would break a line or are too long, and odd but legal ones")
    public void jobIds() throws InterruptedException {
        world.act(() -> {
            if (!(world.wire() instanceof NativeWire)) {
                throw world.unsupported("the OpenAI dialect has no job_id");
            }
            for (Map.Entry<String, String> id : MaliciousIds.all().entrySet()) {
                world.add("malicious", asking.send(MaliciousIds.call(id.getKey(), id.getValue())));
            }
            String own = world.newJobId();
            for (String id : MaliciousIds.oddButLegal(own)) {
                asking.generate(GenerationRequest.greedy(id, PROMPT, 1));
            }
        });
    }

    @Then("the first are refused without a trace, and the others come back exactly")
    public void refusedOrEchoed() {
        world.record(JobIdSafety.judge(world.recallAll("malicious", Exchange.class), asking.generations()));
    }

    @When("a client of an unknown origin looks at the headers of answers, and a remote one asks for a shutdown")
    public void headers() throws InterruptedException {
        world.act(() -> {
            Call generate = world.wire().call("generate", GenerationRequest.greedy(world.newJobId(), PROMPT, 1));
            List<Call> calls = new ArrayList<>(List.of(
                    generate,
                    Call.postJson("a broken request", generate.path(), "{"),
                    Call.get("an unknown route", "/touchstone-unknown")));
            world.target().healthPath().ifPresent(path -> calls.add(Call.get("health", path)));
            for (Call call : calls) {
                world.add("answers", asking.send(call.withHeader("Origin", ORIGIN)));
            }
            if (world.findLauncher().isPresent()) {
                remoteShutdown();
            }
        });
    }

    @Then("the headers tell no version, open no door, and the shutdown is refused")
    public void carefulHeaders() {
        world.record(ResponseHeaders.judge(
                world.recallAll("answers", Exchange.class), ORIGIN, world.find("shutdown", Exchange.class)));
    }

    /** Tried on a process of its own, and only where that can be reached by another address at all. */
    private void remoteShutdown() throws InterruptedException {
        Optional<String> address = LocalAddress.otherThanLoopback();
        if (address.isEmpty()) {
            return;
        }
        Exchange reached =
                remote(world.target().port(), address.get(), Call.get("health by another address", "/health"));
        if (reached.head().isEmpty()) {
            world.remember("shutdown", reached);
            return;
        }
        try {
            LaunchedWorker worker = world.launcher().start();
            world.closing(worker::kill);
            Call shutdown = Call.postJson("remote shutdown", "/shutdown", "{}").withoutToken();
            world.remember("shutdown", remote(worker.port(), address.get(), shutdown));
        } catch (LaunchFailure e) {
            throw world.inconclusive("a further worker could not be started: " + e.getMessage());
        }
    }

    private Exchange remote(int port, String address, Call call) throws InterruptedException {
        Target target = world.target().movedTo("http://" + address + ":" + port);
        return world.openClient(target, Connections.FRESH)
                .send(call, asking.budgets().connect());
    }

    @When("a job with a secret prompt runs, while another client asks for each of these routes, and again after it:")
    public void routes(String routes) throws InterruptedException {
        world.act(() -> {
            String secret = world.newJobId().replace("touchstone", "secret");
            String prompt = (secret + " 1 2 3 4 5\n").repeat(3);
            Pace pace = Pace.measure(world, asking, PROMPT);
            int tokens = pace.tokensIn(JOB, Math.min(1024, asking.longest()));
            List<String> secrets = new ArrayList<>(List.of(secret));
            try (StreamingCall call = asking.open(GenerationRequest.greedy(world.newJobId(), prompt, tokens))) {
                call.awaitEvents(2, asking.budgets().request());
                ask(routes);
                Generation generation =
                        asking.keep(call.awaitEnd(asking.budgets().request()));
                part(generation.text()).ifPresent(secrets::add);
            }
            ask(routes);
            world.remember("secrets", secrets);
        });
    }

    private void ask(String routes) throws InterruptedException {
        for (String route : routes.lines()
                .flatMap(line -> List.of(line.strip().split("\\s+")).stream())
                .toList()) {
            world.add(
                    "routes",
                    asking.send(
                            Call.get("GET " + route, route), asking.budgets().head()));
        }
    }

    @When("the client provokes errors of every kind")
    public void errors() throws InterruptedException {
        world.act(() -> {
            String path = world.wire().path();
            Map<String, String> bodies = new LinkedHashMap<>();
            bodies.put("a body that is no JSON", "tell me /etc/passwd");
            bodies.put("an empty object", "{}");
            bodies.put(
                    "a prompt of another type",
                    "{\"job_id\":\"a\",\"model\":\"a\",\"prompt\":{\"a\":[1,2]},\"messages\":7}");
            bodies.put("a number out of all range", "{\"job_id\":\"a\",\"prompt\":\"a\",\"max_tokens\":1e999}");
            bodies.put("a lone surrogate", "{\"job_id\":\"a\",\"prompt\":\"\\ud800\",\"max_tokens\":-1}");
            bodies.put("an array", "[1,2,3]");
            for (Map.Entry<String, String> body : bodies.entrySet()) {
                world.add("errors", asking.send(Call.postJson(body.getKey(), path, body.getValue())));
            }
            byte[] malformed = {'{', '"', 'a', '"', ':', '"', (byte) 0xff, (byte) 0xc0, '"', '}'};
            world.add("errors", asking.send(Call.postJson("bytes that are no UTF-8", path, malformed)));
            for (Call call : List.of(
                    Call.postJson("a cancel without JSON", "/cancel", "{"),
                    Call.get("a wrong method", path),
                    Call.get("an unknown route", "/touchstone/../unknown.php"),
                    new Call(
                            "another media type",
                            "POST",
                            path,
                            Map.of("Content-Type", "application/x-java"),
                            "a".getBytes(StandardCharsets.UTF_8)))) {
                world.add("errors", asking.send(call));
            }
        });
    }

    @Then("none of the answers tells of the job or of the worker's inside")
    public void secret() {
        world.record(Secrecy.judge(
                world.recallAll("routes", Exchange.class),
                world.recallAll("errors", Exchange.class),
                world.recallAll("secrets", String.class)));
    }

    /** A part of a text that could not stand elsewhere by chance. */
    private static Optional<String> part(String text) {
        return Optional.of(text)
                .filter(t -> t.length() >= TELLING_TEXT)
                .map(t -> t.substring(0, TELLING_TEXT))
                .filter(t -> t.chars().distinct().count() > 8);
    }
}
