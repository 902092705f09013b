package dev.touchstone.features.teeth.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A change of whole answers, which are no event streams; everything else passes as it comes. */
final class BodyChange implements TrafficChange {

    /** An answer's head and body. */
    record Whole(AnswerHead head, String body) {
        Whole withBody(String other) {
            return new Whole(head, other);
        }

        Whole withStatus(int status, String reason) {
            return new Whole(head.withStatus(status, reason), body);
        }

        /** The same answer with its JSON changed; the very same where it is no JSON object. */
        Whole edited(Consumer<ObjectNode> edit) {
            return Json.object(body)
                    .map(object -> {
                        edit.accept(object);
                        return withBody(object.toString());
                    })
                    .orElse(this);
        }

        JsonNode at(String pointer) {
            return Json.object(body).map(object -> object.at(pointer)).orElse(MissingNode.getInstance());
        }
    }

    /** What is answered in an answer's place: the same object where it stays as it is. */
    @FunctionalInterface
    interface Edit {
        Whole edit(ClientRequest request, Whole answer);
    }

    private final Predicate<ClientRequest> which;
    private final Edit edit;

    private BodyChange(Predicate<ClientRequest> which, Edit edit) {
        this.which = which;
        this.edit = edit;
    }

    static BodyChange of(Predicate<ClientRequest> which, Edit edit) {
        return new BodyChange(which, edit);
    }

    /** The refusals (400 to 499) of some requests are changed. */
    static BodyChange refusals(Predicate<ClientRequest> which, Edit edit) {
        return of(which, (request, answer) -> answer.head().status() / 100 == 4 ? edit.edit(request, answer) : answer);
    }

    @Override
    public void handle(Passage passage) throws IOException {
        if (!which.test(passage.request())) {
            passage.relay();
            return;
        }
        answer(passage, passage.ask());
    }

    /** Passes on what the worker answered, changed where it is to be. */
    void answer(Passage passage, WorkerAnswer answer) throws IOException {
        if (answer.head().isEventStream()) {
            RequestChange.passOn(passage, answer);
            return;
        }
        Whole before = new Whole(answer.head(), new String(answer.allOfBody(), StandardCharsets.UTF_8));
        Whole after = edit.edit(passage.request(), before);
        if (after != before) {
            passage.fired();
        }
        passage.client().answer(after.head(), after.body().getBytes(StandardCharsets.UTF_8));
    }
}
