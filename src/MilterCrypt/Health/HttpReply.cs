using System.Globalization;
using System.Text;

namespace MilterCrypt.Health;

/// <summary>An answer over HTTP.</summary>
/// <param name="Status">Its code.</param>
/// <param name="Body">Its content.</param>
/// <param name="ContentType">What kind of content that is.</param>
internal sealed record HttpReply(int Status, ReadOnlyMemory<byte> Body, string ContentType = "text/plain; charset=utf-8")
{
    /// <summary>A text.</summary>
    public static HttpReply Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text));

    /// <summary>All before its content. The connection ends with each answer, so that none is held by whoever is idle.</summary>
    public byte[] Header(DateTimeOffset now) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {Status} {Reason}\r\nDate: {now:r}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\nCache-Control: no-store\r\n{(Status == 405 ? "Allow: GET, HEAD\r\n" : "")}Connection: close\r\n\r\n"));

    private string Reason => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
