using MilterCrypt.Telemetry;

namespace MilterCrypt.Health;

/// <summary>Three pages, to be read and nothing else. They answer from memory, take no part of a request but its method and
/// path, and tell nothing of mail but numbers.</summary>
/// <param name="metrics">What /metrics shows.</param>
/// <param name="readiness">What /readyz shows.</param>
internal sealed class HealthPages(MetricReader metrics, Readiness readiness)
{
    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request, or null where what came is none.</param>
    public HttpReply Answer(HttpRequest? request) => request switch
    {
        null => HttpReply.Text(400, "that is no HTTP/1 request\n"),
        { Path: not ("/healthz" or "/readyz" or "/metrics") } => HttpReply.Text(404, "there are /healthz, /readyz and /metrics\n"),
        { Method: not ("GET" or "HEAD") } => HttpReply.Text(405, "GET or HEAD\n"),
        { HasBody: true } => HttpReply.Text(413, "a request has no body here\n"),
        { Path: "/healthz" } => HttpReply.Text(200, "ok\n"),
        { Path: "/readyz" } => Ready(),
        _ => new HttpReply(200, metrics.Read(), PrometheusText.ContentType),
    };

    private HttpReply Ready()
    {
        var reasons = readiness.Reasons().ToList();
        return reasons.Count == 0
            ? HttpReply.Text(200, "ok\n")
            : HttpReply.Text(503, string.Concat(reasons.Select(reason => PrintableText.Of(reason) + "\n")));
    }
}
