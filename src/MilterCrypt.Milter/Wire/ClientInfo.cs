using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MilterCrypt.Milter.Wire;

/// <summary>The data of SMFIC_CONNECT: who the SMTP client is.</summary>
/// <param name="Host">Its name, or its address in brackets.</param>
/// <param name="Address">Its address, or null when it has none that is known.</param>
/// <param name="Port">Its port; 0 when unknown, and for Postfix's local submission.</param>
internal sealed record ClientInfo(string Host, IPAddress? Address, int Port)
{
    private const byte Inet = (byte)'4';
    private const byte Inet6 = (byte)'6';
    private const byte Local = (byte)'L';
    private const byte Unknown = (byte)'U';
    private const string IPv6Tag = "IPv6:";

    public static ClientInfo None { get; } = new("", null, 0);

    /// <exception cref="MilterProtocolException">A part is missing, or the family is none of U, L, 4 and 6.</exception>
    public static ClientInfo Read(ReadOnlySpan<byte> payload)
    {
        var strings = new NulStrings(payload);
        ReadOnlySpan<byte> name = strings.Next();
        string host = Encoding.UTF8.GetString(name);
        ReadOnlySpan<byte> rest = payload[(name.Length + 1)..];
        if (rest.IsEmpty)
            throw new MilterProtocolException("CONNECT lacks the address family.");

        byte family = rest[0];
        if (family == Unknown)
            return new ClientInfo(host, null, 0);
        if (family is not (Inet or Inet6 or Local))
            throw new MilterProtocolException($"CONNECT has the address family 0x{family:x2}.");
        if (rest.Length < 3)
            throw new MilterProtocolException("CONNECT lacks the port.");

        int port = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
        string address = Encoding.UTF8.GetString(new NulStrings(rest[3..]).Next());
        if (address.StartsWith(IPv6Tag, StringComparison.OrdinalIgnoreCase))
            address = address[IPv6Tag.Length..];
        return new ClientInfo(host, family != Local && IPAddress.TryParse(address, out IPAddress? ip) ? ip : null, port);
    }
}
