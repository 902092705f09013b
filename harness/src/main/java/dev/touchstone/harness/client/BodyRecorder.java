package dev.touchstone.harness.client;

import dev.touchstone.harness.transcript.Redaction;
import dev.touchstone.harness.transcript.RequestRecord;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;

/**
 * Records head and body on the network side of OkHttp, below everything that would follow, retry, decompress or
 * cache, and hands an empty 200 upwards so that none of these acts on what the worker said.
 */
final class BodyRecorder implements Interceptor {

    private static final long PIECE = 64 * 1024;

    private final Clock clock;
    private final Redaction redaction;

    BodyRecorder(Clock clock, Redaction redaction) {
        this.clock = clock;
        this.redaction = redaction;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Recording recording = recordingOf(request);
        RequestRecord before = recording.soFar().request();
        recording.sending(new RequestRecord(
                before.method(),
                before.url(),
                redaction.sent(entries(request.headers())),
                before.body(),
                clock.instant()));
        Response response = chain.proceed(request);
        SocketReads reads = SocketReads.CURRENT.get();
        recording.head(response.protocol().toString(), response.code(), entries(response.headers()), reads.at());
        record(response.body().source(), recording, reads);
        return response.newBuilder()
                .code(200)
                .headers(Headers.of())
                .body(ResponseBody.EMPTY)
                .build();
    }

    /** Closes the source in any case: until then OkHttp's timers hold the call, and with it all that it recorded. */
    private static void record(BufferedSource source, Recording recording, SocketReads reads) throws IOException {
        var piece = new Buffer();
        try (source) {
            while (source.read(piece, PIECE) != -1) {
                if (!recording.body(piece.readByteArray(), reads)) {
                    return;
                }
            }
            recording.whole(reads.now());
        }
    }

    static Recording recordingOf(Request request) {
        Recording recording = request.tag(Recording.class);
        if (recording == null) {
            throw new IllegalStateException("A request without a recording reached the network.");
        }
        return recording;
    }

    static List<Map.Entry<String, String>> entries(Headers headers) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            entries.add(Map.entry(headers.name(i), headers.value(i)));
        }
        return entries;
    }
}
