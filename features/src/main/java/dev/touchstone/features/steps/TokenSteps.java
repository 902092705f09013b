package dev.touchstone.features.steps;

import dev.touchstone.harness.check.TokenDemand;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.Connections;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.WorkerClient;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.WorkerLauncher;
import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.target.Target;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What becomes of requests without the right token. Public because Cucumber makes it. */
public final class TokenSteps {
    private static final String HEADER = "Authorization";
    private static final String PROMPT = "one two three four one two three";

    private final World world;
    private final Asking asking;

    public TokenSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    /** A worker that demands this token, and a client of it. */
    private record Guarded(WorkerClient client, String token) {}

    @When("the client asks every route without a token, with wrong ones and with the right one")
    public void everyRoute() throws InterruptedException {
        world.act(() -> {
            Optional<String> configured = world.target().token();
            askEverywhere(configured.isPresent() ? new Guarded(world.client(), configured.get()) : launched());
        });
    }

    private void askEverywhere(Guarded guarded) throws InterruptedException {
        String token = guarded.token();
        for (Call route : routes(guarded)) {
            for (Map.Entry<String, String> wrong : wrong(token).entrySet()) {
                world.add(
                        "refused", send(guarded, labelled(route, wrong.getKey()).withHeader(HEADER, wrong.getValue())));
            }
            for (String name : List.of("token", "access_token", "api_key")) {
                Call query = labelled(route, "with the token in the query as " + name)
                        .withoutToken();
                world.add("refused", send(guarded, at(query, route.path() + "?" + name + "=" + token)));
            }
        }
        for (String scheme : List.of("Bearer", "bearer", "BEARER")) {
            world.add(
                    "accepted",
                    send(
                            guarded,
                            labelled(generate(), "with the scheme written " + scheme)
                                    .withHeader(HEADER, scheme + " " + token)));
        }
        if (world.target().healthPath().isPresent()) {
            String path = world.target().healthPath().get();
            world.remember(
                    "health",
                    send(guarded, Call.get("health without a token", path).withoutToken()));
        }
    }

    /** Another process of the worker, started with a token of the kit's: the option is the reference worker's. */
    private Guarded launched() throws InterruptedException {
        WorkerLauncher launcher = world.findLauncher()
                .filter(_ -> world.target().dialect() == Dialect.NATIVE)
                .orElseThrow(() -> world.unsupported(
                        "no token is configured; start the worker with one and name it by --token-file"));
        String token = "touchstone-" + UUID.randomUUID();
        try {
            Path file = Files.createTempFile("touchstone-token-", ".txt");
            world.closing(() -> Files.deleteIfExists(file));
            Files.writeString(file, token);
            LaunchedWorker worker = world.closing(
                    launcher.withOption("--token-file", file.toString()).start());
            Target target = world.target().movedTo(worker.url()).withToken(token);
            Guarded guarded = new Guarded(world.openClient(target, Connections.FRESH), token);
            if (!demandsSomewhere(guarded)) {
                throw world.unsupported("the worker starts with --token-file, but demands no token then");
            }
            return guarded;
        } catch (LaunchFailure e) {
            throw world.unsupported(
                    "no token is configured, and the worker does not start with --token-file: " + e.getMessage());
        } catch (IOException e) {
            throw new KitFailure("The token file cannot be written: " + e.getMessage());
        }
    }

    /** A worker that knows the option guards one route or another, and is judged by each. */
    private boolean demandsSomewhere(Guarded guarded) throws InterruptedException {
        for (Call route : routes(guarded)) {
            Call open = labelled(route, "to see whether a token is demanded").withoutToken();
            if (send(guarded, open).status() == 401) {
                return true;
            }
        }
        return false;
    }

    private Exchange send(Guarded guarded, Call call) throws InterruptedException {
        return guarded.client().send(call, asking.budgets().request());
    }

    @Then("only the right token is taken, and health needs none")
    public void onlyTheRightToken() {
        world.record(TokenDemand.judge(
                world.recallAll("refused", Exchange.class),
                world.recallAll("accepted", Exchange.class),
                world.find("health", Exchange.class)));
    }

    /** Values of the header that must not do; none of them gives the token's parts away in the evidence. */
    private static Map<String, String> wrong(String token) {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("without a token", "");
        wrong.put("with a wrong token", "Bearer touchstone-wrong-token");
        wrong.put("with more after the token", "Bearer " + token + "x");
        wrong.put("with an empty token", "Bearer");
        wrong.put("with the token but no scheme", token);
        wrong.put("with the token as Basic credentials", "Basic " + token);
        return wrong;
    }

    /**
     * The routes that there are: those that the right token finds. Not /shutdown, for a worker that lets it through
     * would be gone for the scenarios that follow.
     */
    private List<Call> routes(Guarded guarded) throws InterruptedException {
        List<Call> routes = new ArrayList<>(List.of(generate()));
        List<Call> perhaps = new ArrayList<>(
                List.of(Call.get("GET /metrics", "/metrics"), Call.get("GET /v1/models", "/v1/models")));
        if (world.wire() instanceof OpenAiWire) {
            perhaps.add(Call.postJson("POST /execute", "/execute", "{}"));
        } else {
            routes.add(cancel());
            for (String path : List.of("/v1/completions", "/v1/chat/completions")) {
                perhaps.add(Call.postJson("POST " + path, path, "{}"));
            }
        }
        for (Call call : perhaps) {
            if (send(guarded, call).status() != 404) {
                routes.add(call);
            }
        }
        return routes;
    }

    private Call generate() {
        Call call = world.wire().call("generate", GenerationRequest.greedy(world.newJobId(), PROMPT, 1));
        return labelled(new Call("POST " + call.path(), call.method(), call.path(), call.headers(), call.body()), "");
    }

    private Call cancel() {
        return Call.postJson("POST /cancel", "/cancel", "{\"job_id\":\"" + world.newJobId() + "\"}");
    }

    private static Call labelled(Call call, String more) {
        return new Call((call.label() + " " + more).strip(), call.method(), call.path(), call.headers(), call.body());
    }

    private static Call at(Call call, String path) {
        return new Call(call.label(), call.method(), path, call.headers(), call.body());
    }
}
