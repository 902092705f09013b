package dev.touchstone.features.steps;

import dev.touchstone.harness.check.Generation;
import dev.touchstone.harness.check.NoText;
import dev.touchstone.harness.check.PromptEcho;
import dev.touchstone.harness.check.PromptFidelity;
import dev.touchstone.harness.check.Spacing;
import dev.touchstone.harness.client.Call;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.json.JsonReading;
import dev.touchstone.harness.json.JsonText;
import dev.touchstone.harness.target.GenerationRequest;
import dev.touchstone.harness.transcript.Exchange;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prompts of any text, and of none. Public because Cucumber makes it. */
public final class TextSteps {
    private static final int SHORT = 12;
    private static final String PLACE = "PLACE-OF-THE-PROMPT";
    private static final Pattern RAW_BYTE = Pattern.compile("<([0-9A-F]{2})>");
    /** How prompts get mangled on their way to a model. */
    private static final List<Map.Entry<String, UnaryOperator<String>>> MANGLINGS = List.of(
            Map.entry("CRLF as LF", text -> text.replace("\r\n", "\n")),
            Map.entry("tabs as spaces", text -> text.replace('\t', ' ')),
            Map.entry("joiners dropped", text -> text.replace("\u200D", "")),
            Map.entry(
                    "control characters dropped",
                    text -> text.replaceAll("[\\x01-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]", "")),
            Map.entry("emoji as question marks", text -> text.replaceAll("[\\x{10000}-\\x{10FFFF}]", "?")));

    private final World world;
    private final Asking asking;
    private final Conditions conditions;

    public TextSteps(World world, Asking asking, Conditions conditions) {
        this.world = world;
        this.asking = asking;
        this.conditions = conditions;
    }

    @When("the client sends each of these prompts in UTF-8 and in JSON escapes, and mangled copies of them:")
    public void spellings(String namedPrompts) throws InterruptedException {
        world.act(() -> {
            for (String line : namedPrompts.lines().toList()) {
                String[] parts = line.split(": ", 2);
                String prompt = json(parts[1]);
                Call raw = call(prompt);
                world.add("names", parts[0]);
                Generation first = send(raw);
                world.add("raw", first.exchange());
                world.add("again", send(call(prompt)).exchange());
                world.add("escaped", send(escaped(call(prompt))).exchange());
                mangle(prompt, first);
            }
        });
    }

    private void mangle(String prompt, Generation first) throws InterruptedException {
        for (Map.Entry<String, UnaryOperator<String>> mangling : MANGLINGS) {
            String mangled = mangling.getValue().apply(prompt);
            if (!mangled.equals(prompt) && !mangled.isEmpty()) {
                world.add("changes", mangling.getKey());
                world.add("true", first.exchange());
                world.add("mangled", send(call(mangled)).exchange());
            }
        }
    }

    @Then("the prompts reach the model unchanged")
    public void unchanged() {
        List<String> names = world.recallAll("names", String.class);
        List<PromptFidelity.Spelling> spellings = new ArrayList<>();
        for (int n = 0; n < names.size(); n++) {
            spellings.add(new PromptFidelity.Spelling(names.get(n), one("raw", n), one("again", n), one("escaped", n)));
        }
        List<String> changes = world.recallAll("changes", String.class);
        List<PromptFidelity.Mangling> manglings = new ArrayList<>();
        for (int n = 0; n < changes.size(); n++) {
            manglings.add(new PromptFidelity.Mangling(changes.get(n), one("true", n), one("mangled", n)));
        }
        world.record(PromptFidelity.judge(spellings, manglings));
    }

    private Generation one(String list, int n) {
        return conditions.generations(list).get(n);
    }

    @When("the client asks for {int} tokens to continue the words of each line of:")
    public void words(int tokens, String prompts) throws InterruptedException {
        world.act(() -> {
            for (String prompt : Asking.lines(prompts)) {
                asking.greedy(prompt, tokens);
                if (world.wire() instanceof OpenAiWire wire) {
                    asking.greedy(prompt, tokens);
                    var request = GenerationRequest.greedy(world.newJobId(), prompt, tokens);
                    world.add("whole", asking.send(wire.whole("generate, not streamed", request)));
                }
            }
        });
    }

    @Then("the spaces and line ends between words are kept")
    public void spacing() {
        world.record(Spacing.judge(asking.generations(), conditions.generations("whole")));
    }

    @Then("no token carries the prompt")
    public void noEcho() {
        world.record(PromptEcho.judge(asking.generations()));
    }

    @When("the client sends prompts that are no text, and after each its own request again:")
    public void noText(String namedPrompts) throws InterruptedException {
        world.act(() -> {
            for (String line : namedPrompts.lines().toList()) {
                String[] parts = line.split(": ", 2);
                world.add("names", parts[0]);
                world.add("answers", asking.send(withPrompt(call(PLACE), parts[1])));
                Generation after = asking.generate(conditions.greedy());
                conditions.later("", after);
                if (after.wasCut()) {
                    // Nobody is there any more; what was seen tells why.
                    return;
                }
            }
        });
    }

    @Then("each is refused or read with replacements, and the next results are unchanged")
    public void harmless() {
        List<String> names = world.recallAll("names", String.class);
        List<Exchange> answers = world.recallAll("answers", Exchange.class);
        List<Generation> after = conditions.generations(Conditions.LATER);
        List<NoText.Trial> trials = new ArrayList<>();
        for (int n = 0; n < names.size(); n++) {
            trials.add(new NoText.Trial(names.get(n), answers.get(n), after.get(n)));
        }
        world.record(NoText.judge(conditions.plain(), trials));
    }

    private Call call(String prompt) {
        return world.wire().call("generate", GenerationRequest.greedy(world.newJobId(), prompt, SHORT));
    }

    private Generation send(Call call) throws InterruptedException {
        return asking.keep(asking.send(call));
    }

    private static Call escaped(Call call) {
        String body = new String(call.body(), StandardCharsets.UTF_8);
        var escaped = new StringBuilder();
        body.chars().forEach(c -> escaped.append(c < 0x80 ? String.valueOf((char) c) : "\\u%04X".formatted(c)));
        return Call.postJson("generate, prompt in JSON escapes", call.path(), escaped.toString());
    }

    /** Puts bytes where the prompt stands; those beyond ASCII are written as hexadecimal digits in angle brackets. */
    private static Call withPrompt(Call call, String bytes) {
        String raw = RAW_BYTE.matcher(bytes)
                .replaceAll(
                        found -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
        String body = new String(call.body(), StandardCharsets.ISO_8859_1).replace(PLACE, raw);
        return Call.postJson("prompt that is no text", call.path(), body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String json(String literal) {
        if (JsonText.parse(literal) instanceof JsonReading.Value value
                && value.node().isTextual()) {
            return value.node().textValue();
        }
        throw new KitFailure("The step gives a prompt that is no JSON string: " + literal);
    }
}
