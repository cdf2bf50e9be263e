using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>One connection to gpg-agent: a command, its answer, the next command. Owned by one user at a time. Fails with
/// <see cref="IOException"/> or <see cref="SocketException"/> where the connection breaks, with <see cref="InvalidDataException"/>
/// where the other side is no agent; it is of no use any more then, nor after it was cancelled.</summary>
internal sealed class AgentConnection : IDisposable
{
    // A value of the longest RSA key and what is around it; lines in an answer: honest ones have a dozen.
    private const int MaxData = 16 * 1024;
    private const int MaxLines = 256;
    private const int PieceLength = 300;

    private readonly Socket socket;
    private readonly byte[] buffer = GC.AllocateArray<byte>(2 * AssuanLine.MaxLength, pinned: true);
    private int start;
    private int end;

    private AgentConnection(Socket socket) => this.socket = socket;

    /// <summary>Whether another command can be given.</summary>
    internal bool IsReady { get; private set; }

    /// <summary>Connects, and makes sure that the agent will not ask anybody for a passphrase.</summary>
    /// <exception cref="SecretKeyException">The agent refuses that, or it is somebody else's.</exception>
    internal static async Task<AgentConnection> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var connection = new AgentConnection(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        try
        {
            var address = AgentAddress.Resolve(path);
            await connection.socket.ConnectAsync(address, cancellationToken);
            FolderOwner.Check(connection.socket, address.ToString(), "gpg-agent");
            using var greeting = await connection.HearAsync(default, cancellationToken);
            const string Unattended = "OPTION pinentry-mode=error";
            if (greeting.Error is { } unwelcome)
                throw unwelcome.Of("the connection");
            using var answer = await connection.AskAsync(Unattended, cancellationToken);
            if (answer.Error is { } refused)
                throw refused.Of(Unattended);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gives a command; the answer is the caller's to dispose.</summary>
    internal Task<AgentAnswer> AskAsync(string command, CancellationToken cancellationToken) => AskAsync(command, default, cancellationToken);

    /// <summary>Gives a command for which the agent may ask for a ciphertext; whatever else it asks for, it doesn't get.</summary>
    internal async Task<AgentAnswer> AskAsync(string command, ReadOnlyMemory<byte> ciphertext, CancellationToken cancellationToken)
    {
        IsReady = false;
        await SendAsync(Encoding.ASCII.GetBytes(command + "\n"), cancellationToken);
        return await HearAsync(ciphertext, cancellationToken);
    }

    public void Dispose()
    {
        socket.Dispose();
        CryptographicOperations.ZeroMemory(buffer);
    }

    private async Task<AgentAnswer> HearAsync(ReadOnlyMemory<byte> ciphertext, CancellationToken cancellationToken)
    {
        var answer = new AgentAnswer();
        try
        {
            for (int lines = 0; lines < MaxLines; lines++)
            {
                int length = await ReadLineAsync(cancellationToken);
                switch (Take(answer, buffer.AsSpan(start, length)))
                {
                    case AssuanKind.Inquire when buffer.AsSpan(start, length).SequenceEqual("INQUIRE CIPHERTEXT"u8) && !ciphertext.IsEmpty:
                        await SendAsync(DataLines(ciphertext.Span), cancellationToken);
                        break;
                    case AssuanKind.Inquire:
                        await SendAsync("CAN\n"u8.ToArray(), cancellationToken);
                        break;
                    case AssuanKind.Ok or AssuanKind.Error when start + length + 1 != end:
                        throw new InvalidDataException("something follows its answer");
                    case AssuanKind.Ok or AssuanKind.Error:
                        (start, end) = (0, 0);
                        IsReady = true;
                        return answer;
                }

                start += length + 1;
            }

            throw new InvalidDataException("its answer has no end");
        }
        catch
        {
            answer.Dispose();
            throw;
        }
        finally
        {
            // Here may be what was decrypted.
            if (IsReady)
                CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static AssuanKind Take(AgentAnswer answer, ReadOnlySpan<byte> octets)
    {
        if (!AssuanLine.TryRead(octets, out var line))
            throw new InvalidDataException("it says what no agent says");
        switch (line.Kind)
        {
            case AssuanKind.Data when !answer.TryAdd(line.Rest, MaxData):
                throw new InvalidDataException("its data is malformed, or too much");
            case AssuanKind.Error:
                answer.Error = line.TryReadError(out var error) ? error : throw new InvalidDataException("its error has no number");
                break;
            case AssuanKind.Status when line.Rest.SequenceEqual("PADDING 0"u8):
                answer.IsUnpadded = true;
                break;
        }

        return line.Kind;
    }

    /// <summary>Octets of the next line, from <see cref="start"/> on, without its line feed.</summary>
    private async ValueTask<int> ReadLineAsync(CancellationToken cancellationToken)
    {
        int looked = 0;
        while (true)
        {
            int length = buffer.AsSpan(start + looked, end - start - looked).IndexOf((byte)'\n');
            if (length >= 0)
                return looked + length;

            looked = end - start;
            if (looked >= AssuanLine.MaxLength)
                throw new InvalidDataException("it says a line that is too long");
            if (start > 0)
            {
                buffer.AsSpan(start, looked).CopyTo(buffer);
                (start, end) = (0, looked);
            }

            int received = await socket.ReceiveAsync(buffer.AsMemory(end), cancellationToken);
            if (received == 0)
                throw new EndOfStreamException("it hung up");
            end += received;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
            octets = octets[await socket.SendAsync(octets, cancellationToken)..];
    }

    private static byte[] DataLines(ReadOnlySpan<byte> octets)
    {
        var lines = new List<byte>(2 * octets.Length);
        for (int i = 0; i < octets.Length; i++)
        {
            if (i % PieceLength == 0)
                lines.AddRange(i == 0 ? "D "u8 : "\nD "u8);
            if (octets[i] is (byte)'%' or (byte)'\r' or (byte)'\n')
                lines.AddRange(Encoding.ASCII.GetBytes($"%{octets[i]:X2}"));
            else
                lines.Add(octets[i]);
        }

        lines.AddRange("\nEND\n"u8);
        return [.. lines];
    }
}
