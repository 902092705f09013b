package dev.touchstone.harness.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Literal bytes from which fuzzing begins. */
public final class Corpus {

    /** Event streams of the native dialect, of OpenAI's, and of the standard's own examples. */
    public static final Corpus STREAMS = new Corpus(
            """
            event: started
            data: {"job_id":"j-1","model":"m","started_at":"2026-11-24T12:00:00Z","seed":18446744073709551615}

            event: token
            data: {"t":" caf\u00e9 \uD83D\uDE00","i":0}

            : heartbeat

            event: token
            data:{"t":"","i":1}

            event: end
            data: {"tokens_out":2,"decode_time_ms":1.5e1,"stop_reason":"eos"}

            """,
            "\uFEFFdata: first\r\n\r\ndata\rdata\r\rid: 7\nevent:\ndata: third\n\n",
            """
            data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":null}

            data: [DONE]

            """,
            "retry: 10\n\n:\n\n: x\ndata: YHOO\ndata: +2\ndata: 10\n\n");

    /** JSON texts, good and bad. */
    public static final Corpus JSON = new Corpus(
            """
            {"a":1,"b":[true,false,null,-0.0,1e3,1.0e0,18446744073709551615],"c":{"\u00e9\uD83D\uDE00":"\\uD83D\\uDE00\\n"}}""",
            "{\"a\":1,\"a\":2} x",
            "[[[[[[1e400,1E-400,0.1234567890123456789012345678901234567890]]]]]]",
            "\"\\uD83D lone\"",
            "NaN");

    /** What may come back on a connection. */
    public static final Corpus ANSWERS = new Corpus(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nto the end",
            "HTTP/1.1 204 No Content\r\n\r\n");

    private final List<byte[]> originals;

    private Corpus(String... originals) {
        this.originals = List.of(originals).stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** One of them, mutated. */
    public byte[] mutated(Random random) {
        return Mutations.of(originals.get(random.nextInt(originals.size())), random);
    }
}
