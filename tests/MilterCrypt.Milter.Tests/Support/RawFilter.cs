using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A filter made of bytes: it answers each command with the frames that a test says, legal or not.</summary>
internal sealed class RawFilter : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Negotiation answer;
    private readonly Func<byte, byte[], (char Code, string Data)[]?> script;
    private readonly Task serving;

    /// <param name="answer">What it says to the offer.</param>
    /// <param name="script">What it says to a command; null is CONTINUE.</param>
    public RawFilter(Negotiation answer, Func<byte, byte[], (char Code, string Data)[]?> script)
    {
        (this.answer, this.script) = (answer, script);
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Speaks version 6 and answers everything.</summary>
    public static Negotiation Talkative { get; } = new(6, (MilterActions)0xFF, MilterProtocol.LeadingSpace);

    public MilterEndpoint Endpoint => new MilterEndpoint.Inet("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, false);

    /// <summary>The commands that came, in their order.</summary>
    public List<char> Commands { get; } = [];

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        using TcpClient peer = await listener.AcceptTcpClientAsync();
        peer.NoDelay = true;
        PipeReader input = PipeReader.Create(peer.GetStream());
        PipeWriter output = PipeWriter.Create(peer.GetStream());
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (MilterFrame.TryRead(ref buffer, int.MaxValue, out MilterFrame frame))
                Answer(frame, output);
            input.AdvanceTo(buffer.Start, buffer.End);
            await output.FlushAsync();
            if (read.IsCompleted)
                return;
        }
    }

    private void Answer(MilterFrame frame, PipeWriter output)
    {
        if (frame.Code == MilterCommand.Negotiate)
        {
            answer.Write(output, new Dictionary<MacroStage, string>());
            return;
        }

        if (frame.Code == MilterCommand.Macro)
            return;
        Commands.Add((char)frame.Code);
        if (frame.Code is MilterCommand.Abort or MilterCommand.Quit || Steps.IsSilent(frame.Code, answer.Protocol))
            return;
        foreach ((char code, string data) in script(frame.Code, frame.Payload.ToArray()) ?? [('c', "")])
            FrameWriter.WriteBytes(output, (byte)code, System.Text.Encoding.Latin1.GetBytes(data));
    }
}
