using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Hops;

/// <summary>The field by which the first hop tells the second who handed a message in:
/// <c>MilterCrypt-Origin: v=1; t=1795690000; u=YWxpY2U; c=192.0.2.1; tls=1; way=out; bh=…; h=…</c>. The user's name, the body's
/// SHA-256 (bh) and the code (h, HMAC-SHA-256) are in base64url (RFC 4648 §5), so that nothing in them can end a value.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Facts">What it says.</param>
/// <param name="BodyHash">Of what body.</param>
public sealed record OriginField(DateTimeOffset Time, OriginFacts Facts, ReadOnlyMemory<byte> BodyHash)
{
    /// <summary>Its name.</summary>
    public const string Name = "MilterCrypt-Origin";

    private const int MaxLength = 2048;
    private const int MaxUser = 256;
    private const int HashLength = 32;

    /// <summary>Whether a field has its name.</summary>
    internal static bool IsNamed(HeaderField field) => field.Name.AsSpan().Trim().Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes every field of that name out. Both hops do so with all mail, whatever becomes of it: the first because what it is
    /// handed is forged, the second because the field is not for the recipient.</summary>
    public static IReadOnlyList<HeaderChange> StripChanges(IReadOnlyList<HeaderField> header) =>
        [.. header.Index().Where(static field => IsNamed(field.Item)).Select(static field => new HeaderChange.Delete(field.Index))];

    /// <summary>The field itself, its code made with the first key.</summary>
    /// <param name="keys">The hops' keys.</param>
    /// <param name="cover">What <see cref="OriginCover"/> makes of sender and header.</param>
    internal ReadOnlyMemory<byte> Make(HopKeys keys, ReadOnlySpan<byte> cover)
    {
        string text = Text();
        string code = Base64Url.EncodeToString(keys.Code(Coded(text, cover)));
        return Encoding.ASCII.GetBytes($" {text.Replace(";", "; ", StringComparison.Ordinal).Replace("; bh=", ";\n\tbh=", StringComparison.Ordinal)};\n\th={code}");
    }

    /// <summary>Reads a field whose code is good; null where that is not so.</summary>
    internal static OriginField? Read(ReadOnlySpan<byte> value, HopKeys keys, ReadOnlySpan<byte> cover)
    {
        if (value.Length > MaxLength || Unfolded(value) is not { } whole || whole.LastIndexOf(";h=", StringComparison.Ordinal) is not (>= 0 and var end))
            return null;
        string text = whole[..end];
        return Decode(whole[(end + 3)..], HashLength) is { Length: HashLength } code && keys.IsCode(code, Coded(text, cover)) ? Parse(text) : null;
    }

    private string Text()
    {
        string user = Facts.User is { Length: > 0 } name && Encoding.UTF8.GetByteCount(name) <= MaxUser
            ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name))
            : "";
        // Without its zone, which means nothing on another host.
        string client = Facts.Client is { } address ? new IPAddress(address.GetAddressBytes()).ToString() : "";
        string way = Facts.Way == MailWay.Outgoing ? "out" : "in";
        return string.Create(CultureInfo.InvariantCulture,
            $"v=1;t={Time.ToUnixTimeSeconds()};u={user};c={client};tls={(Facts.Tls ? 1 : 0)};way={way};bh={Base64Url.EncodeToString(BodyHash.Span)}");
    }

    // The name keeps these keys' codes apart from any that the same key may one day make of something else.
    private static byte[] Coded(string text, ReadOnlySpan<byte> cover) => [.. Encoding.ASCII.GetBytes($"{Name}\n{text}\n"), .. cover];

    // No value has a blank in it, so a fold may be anywhere.
    private static string? Unfolded(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length);
        foreach (byte b in value)
        {
            if (b is > (byte)' ' and <= (byte)'~')
                text.Append((char)b);
            else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return null;
        }
        return text.ToString();
    }

    // The code was good, so it is a hop that wrote this; perhaps one of another version.
    private static OriginField? Parse(string text)
    {
        string[] parts = text.Split(';');
        string[] names = ["v=1", "t=", "u=", "c=", "tls=", "way=", "bh="];
        if (parts.Length != names.Length || !parts.Zip(names).All(static part => part.First.StartsWith(part.Second, StringComparison.Ordinal)))
            return null;
        string[] values = [.. parts.Zip(names, static (part, name) => part[name.Length..])];
        if (!long.TryParse(values[1], NumberStyles.None, CultureInfo.InvariantCulture, out long time) || time > uint.MaxValue
            || Decode(values[2], MaxUser) is not { } user || Decode(values[6], HashLength) is not { Length: HashLength } body)
            return null;
        IPAddress? client = null;
        if (values[3].Length > 0 && !IPAddress.TryParse(values[3], out client))
            return null;
        var facts = new OriginFacts(
            user.Length > 0 ? Encoding.UTF8.GetString(user) : null, client, values[4] == "1", values[5] == "out" ? MailWay.Outgoing : MailWay.Incoming);
        var field = new OriginField(DateTimeOffset.FromUnixTimeSeconds(time), facts, body);
        return field.Text() == text ? field : null;
    }

    private static byte[]? Decode(string text, int maxLength)
    {
        byte[] decoded = new byte[maxLength];
        return Base64Url.IsValid(text, out int length) && length <= maxLength && Base64Url.TryDecodeFromChars(text, decoded, out int written)
            ? decoded[..written]
            : null;
    }
}
