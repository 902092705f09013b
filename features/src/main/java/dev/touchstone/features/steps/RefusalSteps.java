package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ErrorForm;
import dev.touchstone.harness.check.ErrorWords;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.transcript.BodyEnd;
import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Requests that a worker must refuse, and how. Public because Cucumber makes it. */
public final class RefusalSteps {
    private static final int SMALLEST_LARGE_BODY = 1 << 20;

    private final World world;
    private final Asking asking;

    public RefusalSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the client sends a valid request but for {word}, which is:")
    public void invalid(String field, String json) throws InterruptedException {
        world.act(() -> {
            Map<String, String> members = valid();
            members.put(field, json);
            execute(members);
        });
    }

    @When("the client sends a valid request but for {word}, of {int} characters")
    public void tooLong(String field, int length) throws InterruptedException {
        world.act(() -> {
            Map<String, String> members = valid();
            String text = '"' + "x".repeat(length) + '"';
            members.put(field, field.equals("stop") ? "[" + text + "]" : text);
            execute(members);
        });
    }

    @When("the client sends a valid request in GBK")
    public void otherCharset() throws InterruptedException {
        world.act(() -> {
            Map<String, String> members = valid();
            members.put("prompt", "\"你好 one two three\"");
            answered(Call.postJson("a body in GBK", "/execute", json(members).getBytes(Charset.forName("GBK"))));
        });
    }

    @When("the client sends a valid request without {word}")
    public void without(String field) throws InterruptedException {
        world.act(() -> {
            Map<String, String> members = valid();
            members.remove(field);
            execute(members);
        });
    }

    @When("the client sends a valid request as {word}")
    public void mediaType(String type) throws InterruptedException {
        world.act(() -> {
            byte[] body = json(valid()).getBytes(StandardCharsets.UTF_8);
            answered(new Call("execute", "POST", "/execute", Map.of("Content-Type", type), body));
        });
    }

    @When("the client sends a valid request without a media type")
    public void noMediaType() throws InterruptedException {
        world.act(() -> {
            byte[] body = json(valid()).getBytes(StandardCharsets.UTF_8);
            answered(new Call("execute", "POST", "/execute", Map.of(), body));
        });
    }

    @When("the client sends the body:")
    public void body(String body) throws InterruptedException {
        world.act(() -> {
            answered(Call.postJson("execute", "/execute", body));
        });
    }

    @When("the client sends {word} to {word}")
    public void route(String method, String path) throws InterruptedException {
        world.act(() -> {
            answered(new Call(method + " " + path, method, path, Map.of(), new byte[0]));
        });
    }

    @When("the client sends ever larger bodies, up to {int} MiB, until one is refused for its size")
    public void large(int mebibytes) throws InterruptedException {
        world.act(() -> {
            for (int size = SMALLEST_LARGE_BODY; size <= mebibytes << 20; size *= 4) {
                Map<String, String> members = valid();
                members.put("prompt", '"' + "a ".repeat(size / 2) + '"');
                Call call = Call.postJson("execute", "/execute", json(members));
                Exchange answer = answered(call);
                if (answer.head().isEmpty() && answer.end() instanceof BodyEnd.Cut) {
                    // Told before it sends the body, the client cannot lose the answer to a connection that is reset.
                    answer = answered(call.withHeader("Expect", "100-continue"));
                }
                if (!ErrorForm.isAnswerToContent(answer)) {
                    return;
                }
            }
            world.record(new Verdict.Inconclusive(
                    "ER-03", "no body of up to %d MiB was refused for its size".formatted(mebibytes)));
        });
    }

    @Then("the worker refuses it with {int}, blaming {word}")
    public void refusedFor(int status, String field) {
        world.record(ErrorForm.judge("ER-01", answer(), status, "INVALID_REQUEST", Optional.of(field)));
    }

    @Then("the worker refuses it with {int}")
    public void refused(int status) {
        String rule = status == 400 ? "ER-01" : "ER-03";
        world.record(ErrorForm.judge(rule, answer(), status, "INVALID_REQUEST", Optional.empty()));
    }

    @Then("the worker serves it, or refuses it with 400 or 415")
    public void servedWithoutMediaType() {
        world.record(ErrorForm.servedOrRefused("ER-03", answer(), "a request without Content-Type", Set.of(400, 415)));
    }

    @Then("the worker refuses it with 400, or serves it")
    public void servedOrRefused() {
        world.record(ErrorForm.servedOrRefused("ER-01", answer(), "a body that is not UTF-8", Set.of(400)));
    }

    @Then("the worker refuses it with {int} and allows {word}")
    public void refusedAllowing(int status, String method) {
        refused(status);
        world.record(ErrorForm.allows(answer(), method));
    }

    @Then("the message names {word} and the range {numbers}, and nothing of the inside")
    public void message(String field, List<BigInteger> range) {
        world.record(ErrorWords.judge(
                answer(), field, range.stream().map(BigDecimal::new).toList()));
    }

    @Then("the message names {word}, and nothing of the inside")
    public void message(String field) {
        world.record(ErrorWords.judge(answer(), field, List.of()));
    }

    @Then("the message says nothing of the inside")
    public void message() {
        world.record(ErrorWords.judge(answer(), "", List.of()));
    }

    private Exchange answer() {
        return world.recall("answer", Exchange.class);
    }

    private void execute(Map<String, String> members) throws InterruptedException {
        answered(Call.postJson("execute", "/execute", json(members)));
    }

    private Exchange answered(Call call) throws InterruptedException {
        Exchange answer = asking.send(call);
        world.remember("answer", answer);
        return answer;
    }

    /** Members of a valid request as JSON text, so that one of them can be replaced by anything. */
    private Map<String, String> valid() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("job_id", "\"" + world.newJobId() + "\"");
        members.put("prompt", "\"one two three four one two three\"");
        members.put("max_tokens", "4");
        return members;
    }

    private static String json(Map<String, String> members) {
        return members.entrySet().stream()
                .map(m -> '"' + m.getKey() + "\":" + m.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
