using System.Text;

namespace MilterCrypt.Health;

/// <summary>What of an HTTP/1 request (RFC 9112) matters here: no more than its first line and whether a body follows.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Path">Without what follows a question mark.</param>
/// <param name="HasBody">Whether a body follows its header.</param>
internal sealed record HttpRequest(string Method, string Path, bool HasBody)
{
    private static ReadOnlySpan<byte> HeaderEnd => "\r\n\r\n"u8;

    /// <summary>Reads a request whose header has come whole.</summary>
    /// <param name="received">All bytes so far.</param>
    /// <param name="request">The request, or null where it is none.</param>
    /// <returns>False as long as the header's end has not come.</returns>
    public static bool TryRead(ReadOnlySpan<byte> received, out HttpRequest? request)
    {
        int end = received.IndexOf(HeaderEnd);
        request = end < 0 ? null : Read(Encoding.Latin1.GetString(received[..end]).Split("\r\n"));
        return end >= 0;
    }

    private static HttpRequest? Read(string[] lines)
    {
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.0" or "HTTP/1.1"])
            return null;

        bool hasBody = false;
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
                return null;
            string name = line[..colon];
            hasBody |= name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                || (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && line[(colon + 1)..].Trim() != "0");
        }
        return new HttpRequest(method, target.Split('?')[0], hasBody);
    }
}
