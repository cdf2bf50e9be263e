using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Probing;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`probe`: shows any milter a message, as Postfix or Sendmail would, and prints what it answered and the message
/// that results.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var options = new ProbeOptions();
        var command = new Command("probe", "Shows a milter a message, as an MTA would, and prints what it answers and what the message becomes.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            string? output = parsed.GetValue(options.Output);
            return RunAsync(
                options.Read(parsed),
                parsed.GetValue(options.File),
                output,
                parsed.GetValue(options.Trace),
                output == "-" ? Console.Error : parsed.InvocationConfiguration.Output,
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ProbeOrder order, string? file, string? output, bool trace, TextWriter report, CancellationToken cancellationToken)
    {
        var message = await ProbeMessage.ReadAsync(file, cancellationToken);
        var session = order.Session(message);
        await report.WriteLineAsync($"{order.Filter}, as {order.Mta.Kind}");
        var results = await ShowAsync(order, session, trace, report, cancellationToken);
        for (int i = 0; i < results.Count; i++)
        {
            if (results.Count > 1)
                await report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"message {i + 1}"));
            new ResultReport(report, order.Mta, session.Messages[i]).Write(results[i]);
        }
        if (output is not null && results[^1].Outcome is ClientOutcome.Delivered or ClientOutcome.Held)
            await WriteAsync(ProbeMessage.Format(results[^1]), output, cancellationToken);
        return results.Select(result => ExitCodeOf(result.Outcome)).FirstOrDefault(code => code != ExitCode.Ok);
    }

    private static async Task<IReadOnlyList<ClientResult>> ShowAsync(
        ProbeOrder order, ClientSession session, bool trace, TextWriter report, CancellationToken cancellationToken)
    {
        var record = new SessionRecord(TimeProvider.System);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(order.Timeout);
        bool whole = false;
        try
        {
            await using var client = await MilterClient.OpenAsync(order.Filter, order.Mta, Observe, deadline.Token);
            foreach (var (name, value) in order.Macros)
                client.MacroValues[name] = value;
            Say(() => new ProbeReport(report).WriteNegotiation(client));
            var sessionResult = await client.RunAsync(session, deadline.Token);
            whole = true;
            return sessionResult.Messages;
        }
        catch (SocketException e)
        {
            throw new CommandException(ExitCode.Unavailable, $"{order.Filter}: {Reason(e, order.Filter)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Unavailable, string.Create(CultureInfo.InvariantCulture, $"{order.Filter} was not done after {order.Timeout.TotalSeconds} s"));
        }
        catch (Exception e) when (e is MilterProtocolException or IOException)
        {
            throw new CommandException(ExitCode.Protocol, $"{order.Filter} breaks the protocol: {PrintableText.Of(e.Message)}");
        }
        finally
        {
            new ProbeReport(report).WriteSteps(record, whole);
            foreach (string name in order.Macros.Keys.Where(name => whole && !record.HasTold(name)))
                await report.WriteLineAsync($"note: the filter asked for {PrintableText.Of(name)} at no stage, so it was not told");
        }

        void Observe(FrameTrace frame)
        {
            record.Note(frame);
            if (trace)
                Say(() => report.WriteLine(FrameLine.Of(frame)));
        }

        // A report that can't be written is not the filter's fault.
        static void Say(Action write)
        {
            try
            {
                write();
            }
            catch (IOException e)
            {
                throw new CommandException(ExitCode.InputOutput, e.Message);
            }
        }
    }

    // The runtime's words for a socket's file that is missing lead astray.
    private static string Reason(SocketException failure, MilterEndpoint filter) =>
        filter is MilterEndpoint.Unix && failure.SocketErrorCode == SocketError.AddressNotAvailable ? "there is no such socket" : failure.Message;

    private static async Task WriteAsync(ReadOnlyMemory<byte> message, string path, CancellationToken cancellationToken)
    {
        if (path == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(message, cancellationToken);
            return;
        }
        try
        {
            await File.WriteAllBytesAsync(path, message, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CantCreate, $"{PrintableText.Of(path)} can't be written: {e.Message}");
        }
    }

    private static int ExitCodeOf(ClientOutcome outcome) => outcome switch
    {
        ClientOutcome.Delivered => ExitCode.Ok,
        ClientOutcome.Held or ClientOutcome.Discarded => ExitCode.No,
        ClientOutcome.Refused => ExitCode.Refused,
        _ => ExitCode.TryAgain,
    };
}
