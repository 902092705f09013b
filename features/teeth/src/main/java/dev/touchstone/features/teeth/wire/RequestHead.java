package dev.touchstone.features.teeth.wire;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of a plain request: HTTP/1.1, nothing malformed, one Host, framed in one way. */
record RequestHead(String method, String target, Head head) {

    private static final Pattern LINE = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e]+) HTTP/1\\.1");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,8}");

    /** Empty where anything is odd, or the body is too large. */
    static Optional<RequestHead> of(byte[] bytes) {
        Head head = Head.parse(bytes);
        Matcher line = LINE.matcher(head.firstLine());
        return head.clean()
                        && line.matches()
                        && head.values("Host").size() == 1
                        && head.values("Expect").isEmpty()
                        && isSimplyFramed(head)
                ? Optional.of(new RequestHead(line.group(1), line.group(2), head))
                : Optional.empty();
    }

    private static boolean isSimplyFramed(Head head) {
        List<String> lengths = head.values("Content-Length");
        List<String> codings = head.values("Transfer-Encoding");
        if (codings.isEmpty()) {
            return lengths.isEmpty()
                    || lengths.size() == 1
                            && LENGTH.matcher(lengths.getFirst()).matches()
                            && Integer.parseInt(lengths.getFirst()) <= RequestReader.MOST_BODY;
        }
        return lengths.isEmpty() && codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
    }

    BodyFraming framing() {
        return head.value("Transfer-Encoding").isPresent()
                ? new ChunkedFraming()
                : BodyFraming.ofLength(
                        head.value("Content-Length").map(Integer::parseInt).orElse(0));
    }

    ReceivedRequest whole(byte[] body, byte[] original) {
        return new ReceivedRequest(new ClientRequest(method, target, head.headers(), body), original);
    }
}
