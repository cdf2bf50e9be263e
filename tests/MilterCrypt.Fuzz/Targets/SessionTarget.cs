using System.Buffers;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>A whole connection, as the server runs it: whatever comes in, it ends, without an error in the log, with whole
/// frames as answers and each handler let go of once.</summary>
internal static class SessionTarget
{
    public static string Run(ReadOnlySpan<byte> input) => RunAsync(input.ToArray()).GetAwaiter().GetResult();

    private static async Task<string> RunAsync(byte[] sent)
    {
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        await input.Writer.WriteAsync(sent);
        await input.Writer.CompleteAsync();

        var filter = new Filter();
        var log = new Record();
        using var meter = new Meter("fuzz");
        using var server = new MilterConnectionHandler(filter, new MilterOptions(), TimeProvider.System, meter, log);
        // Not disposed: its Abort works on in the pool, and would meet what is disposed.
        var connection = new DefaultConnectionContext("fuzz", new Duplex(input.Reader, output.Writer), new Duplex(output.Reader, input.Writer));
        await server.OnConnectedAsync(connection);
        await output.Writer.CompleteAsync();

        FuzzFailureException.Unless(log.Error is null, $"an error is logged: {log.Error}");
        FuzzFailureException.Unless(filter.Begun == filter.Ended, $"{filter.Begun} messages began, {filter.Ended} ended");
        string answers = ReadCodes((await output.Reader.ReadAtLeastAsync(int.MaxValue)).Buffer);
        return $"{(answers.Length <= 24 ? answers : answers[..24])} {log.Last}";
    }

    private static string ReadCodes(ReadOnlySequence<byte> buffer)
    {
        var codes = new StringBuilder();
        while (MilterFrame.TryRead(ref buffer, int.MaxValue, out MilterFrame frame))
            codes.Append((char)frame.Code);
        FuzzFailureException.Unless(buffer.IsEmpty, "half a frame is answered");
        return codes.ToString();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Asks for every step, looks at all that it is told, refuses some, and changes the rest in every way.</summary>
    private sealed class Filter : IMailFilter
    {
        private int begun;
        private int ended;

        public int Begun => begun;

        public int Ended => ended;

        public FilterSteps Steps => FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data | FilterSteps.RefusedRecipients;

        public IMessageHandler Begin(MailTransaction mail)
        {
            begun++;
            return new Handler(this, mail);
        }

        public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) => ValueTask.FromResult<StepReply>(
            session.Helo.StartsWith('!') ? new StepReply.Refused(new SmtpReply(550, "5.7.1", session.Helo)) : StepReply.Continue);

        private sealed class Handler(Filter filter, MailTransaction mail) : IMessageHandler
        {
            public ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) =>
                ValueTask.FromResult(mail.SenderParameters.RequireTls ? StepReply.Accept : mail.SenderParameters.SmtpUtf8 ? StepReply.Discard : StepReply.Continue);

            public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) => ValueTask.FromResult(
                recipient.Parameters.Notify == DsnNotify.Never
                    ? new RecipientReply.Refused(new SmtpReply(550, "5.7.1", recipient.ResolvedAddress))
                    : RecipientReply.Accept);

            public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) =>
                ValueTask.FromResult(mail.Header.Count == 1 ? HeaderDecision.Unchanged : HeaderDecision.ReadBody);

            public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
            {
                var read = new MemoryStream();
                await body.CopyToAsync(read, cancellationToken);
                read.Position = 0;
                return new MailVerdict.Changed(new MessageChanges([.. mail.Header.Take(3).Select(field => new HeaderEdit.Add(field.Name, field.Value))], read));
            }

            public void Answered(MailVerdict verdict) { }

            public ValueTask DisposeAsync()
            {
                filter.ended++;
                return ValueTask.CompletedTask;
            }
        }
    }

    private sealed class Record : ILogger<MilterConnectionHandler>
    {
        public string? Error { get; private set; }

        public int Last { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Last = eventId.Id;
            // Names of header fields that the filter takes from its peer may be none.
            if (logLevel >= LogLevel.Error && exception is not ArgumentException)
                Error = $"{formatter(state, exception)} {exception}";
        }
    }
}
