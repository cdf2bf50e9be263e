using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Soak;

/// <summary>One MTA process after another, each with some messages; throws where the daemon does not do as it should. One
/// thread's own.</summary>
internal sealed class SoakSession(MilterSocket daemon) : IDisposable
{
    private const int MessagesEach = 50;
    private const int Piece = 65535;

    private static readonly byte[] Small = Text(2 * 1024);
    private static readonly byte[] Large = Text(5_000_000);

    // A length of nothing, one that was not agreed on, a string without its NUL, a command out of order, one that is none.
    private static readonly byte[][] Breaches =
    [
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 5, (byte)'M', .. "<a@b"u8], [0, 0, 0, 1, (byte)'E'], [0, 0, 0, 1, (byte)'Z'],
    ];

    private RawMilterSession? current;
    private int carried;

    public void Carry(MessageKind kind, long number)
    {
        if (current is null)
        {
            current = new RawMilterSession(daemon.Connect());
            current.Greet();
        }

        switch (kind)
        {
            case MessageKind.Encrypted:
                Encrypt(Small);
                break;
            case MessageKind.Large:
                Encrypt(Large);
                break;
            case MessageKind.Untouched:
                Expect('a', current.Begin("carol@elsewhere.example"));
                current.Abort();
                break;
            case MessageKind.Refused:
                Expect('y', current.Begin("nobody@partner.example"));
                current.Abort();
                break;
            case MessageKind.Aborted:
                current.Begin();
                current.WriteBody(Small);
                current.Abort();
                break;
            case MessageKind.Malformed:
                current.SendRaw(Breaches[number % Breaches.Length]);
                current.ReadToEnd();
                HangUp();
                return;
            default:
                current.Begin();
                current.SendRaw([0, 0, 1, 0, (byte)'B', .. "half a frame"u8]);
                HangUp();
                return;
        }

        if (++carried % MessagesEach == 0)
            Dispose();
    }

    public void Dispose()
    {
        current?.Quit();
        HangUp();
    }

    private void HangUp()
    {
        current?.Dispose();
        current = null;
    }

    private void Encrypt(byte[] body)
    {
        current!.Begin();
        for (int sent = 0; sent < body.Length; sent += Piece)
            current.WriteBody(body.AsSpan(sent, Math.Min(Piece, body.Length - sent)));
        int returned = current.End();
        // Text is not compressed, and base64 takes a third more.
        if (returned <= body.Length * 4 / 3)
            throw new InvalidOperationException($"{returned} bytes came back for {body.Length}, too few to be encrypted");
    }

    private static void Expect(char expected, char answer)
    {
        if (answer != expected)
            throw new InvalidOperationException($"'{answer}' where '{expected}' was expected");
    }

    private static byte[] Text(int length)
    {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++)
            text[i] = (byte)(i % 64 < 62 ? 'a' + (i % 26) : i % 64 == 62 ? '\r' : '\n');
        return text;
    }
}
