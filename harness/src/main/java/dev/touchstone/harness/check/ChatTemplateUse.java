package dev.touchstone.harness.check;

import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Judges OA-05 from outside: a template adds tokens to a message, and roles and system messages change what the model
 * reads, by the worker's own counts or by the text. That it is the very template of the model's file cannot be told.
 */
public final class ChatTemplateUse {
    private static final String RULE = "OA-05";

    private ChatTemplateUse() {}

    /**
     * Greedy answers to the same words.
     *
     * @param raw as a raw completion; empty where the worker has no such route
     * @param user as one message of the user
     * @param system with a message of the system before it
     * @param turns user, assistant, user
     * @param sameWords the words of {@code turns}, all as the user's
     */
    public record Answers(
            Optional<Generation> raw, Generation user, Generation system, Generation turns, Generation sameWords) {
        private List<Generation> chats() {
            return List.of(user, system, turns, sameWords);
        }
    }

    /** @param all of several conversations: one of them may by chance end alike, but not all */
    public static Verdict judge(List<Answers> all) {
        var findings = new Findings(RULE);
        List<Generation> chats = all.stream().flatMap(a -> a.chats().stream()).toList();
        Optional<Generation> refused = chats.stream().filter(g -> !g.ended()).findFirst();
        if (all.isEmpty() || refused.isPresent()) {
            return notServed(refused);
        }
        all.forEach(answers -> template(answers, findings));
        if (all.stream().allMatch(a -> alike(a.user(), a.system()))) {
            differ(all.getFirst().system(), "a system message before it", findings);
        }
        if (all.stream().allMatch(a -> alike(a.turns(), a.sameWords()))) {
            differ(all.getFirst().turns(), "the assistant's role", findings);
        }
        if (findings.none() && SpecialTokenLeak.judge(chats) instanceof Verdict.Broken leak) {
            leak.findings().forEach(findings::add);
        }
        return findings.orHeld(
                "template, system message and roles all change what the model reads; no marker in %d texts"
                        .formatted(chats.size()));
    }

    private static Verdict notServed(Optional<Generation> refused) {
        int status = refused.map(g -> g.exchange().status()).orElse(0);
        String outcome = refused.map(Generation::outcome).orElse("nothing was asked");
        return status >= 400 && status < 500
                ? new Verdict.Unsupported(RULE, "chat is refused: " + outcome)
                : new Verdict.Inconclusive(RULE, "a chat gave no whole text: " + outcome);
    }

    private static void template(Answers answers, Findings findings) {
        Optional<BigInteger> raw = answers.raw().flatMap(Generation::tokensIn);
        Optional<BigInteger> chat = answers.user().tokensIn();
        if (raw.isPresent() && chat.isPresent()) {
            if (chat.get().compareTo(raw.get()) <= 0) {
                findings.add(
                        "more prompt tokens in a chat than in the raw words, which are %s".formatted(raw.get()),
                        "there were %s, so no template was applied".formatted(chat.get()));
            }
        } else if (answers.raw().filter(r -> same(r, answers.user())).isPresent()) {
            findings.add(
                    "another text in a chat than after the raw words",
                    "both were " + Shown.quoted(answers.user().text()));
        }
    }

    private static void differ(Generation with, String what, Findings findings) {
        findings.add(
                what + " to make a difference",
                "prompt tokens (%s) and text were the same in every conversation, such as %s"
                        .formatted(
                                with.tokensIn().map(BigInteger::toString).orElse("not told"),
                                Shown.quoted(with.text())));
    }

    private static boolean alike(Generation a, Generation b) {
        return same(a, b) && a.tokensIn().equals(b.tokensIn());
    }

    private static boolean same(Generation a, Generation b) {
        return a.text().equals(b.text());
    }
}
