using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Parsing;

namespace MilterCrypt.Telemetry;

/// <summary>Where log lines go and how they look: the one file that knows Serilog. Owned by the daemon, disposed
/// last.</summary>
internal sealed class LogOutput : IDisposable
{
    private const string AuditSource = "miltercrypt.audit";

    private readonly LoggingLevelSwitch level = new();
    private readonly Logger logger;

    /// <summary>Writes to standard output.</summary>
    /// <param name="settings">What is logged, and how.</param>
    /// <param name="forJournal">Whether journald reads it: it has a clock of its own and takes priorities (sd-daemon(3)).</param>
    public LogOutput(LogSettings settings, bool forJournal)
    {
        SetLevel(settings.Level);
        ITextFormatter formatter = settings.Format == LogFormat.Json ? new JsonLine() : new TextLine(forJournal);
        logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            // Frameworks below us speak of connections and hosts; their warnings are worth reading.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override(AuditSource, LogEventLevel.Information)
            .WriteTo.Console(formatter)
            .CreateLogger();
        Factory = new SerilogLoggerFactory(logger);
        Audit = Factory.CreateLogger(AuditSource);
    }

    /// <summary>Makes the loggers that all code uses.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Has each use of a secret key: written whatever the level is.</summary>
    public Microsoft.Extensions.Logging.ILogger Audit { get; }

    /// <summary>Changes what is logged from now on.</summary>
    public void SetLevel(Microsoft.Extensions.Logging.LogLevel least) => level.MinimumLevel = least switch
    {
        Microsoft.Extensions.Logging.LogLevel.Debug => LogEventLevel.Debug,
        Microsoft.Extensions.Logging.LogLevel.Warning => LogEventLevel.Warning,
        Microsoft.Extensions.Logging.LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Factory.Dispose();
        logger.Dispose();
    }

    private static string LevelName(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "information",
        LogEventLevel.Warning => "warning",
        _ => "error",
    };

    /// <summary>The message with its facts in place, texts without the quotes that Serilog puts around them.</summary>
    private static string Render(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken { PropertyName: var name }
                && logEvent.Properties.TryGetValue(name, out var value) && value is ScalarValue { Value: string fact })
                text.Write(fact);
            else
                token.Render(logEvent.Properties, text, CultureInfo.InvariantCulture);
        }
        return text.ToString();
    }

    /// <summary>A line for people. What others wrote (an address, a file's name) can't begin a line of its own.</summary>
    private sealed class TextLine(bool forJournal) : ITextFormatter
    {
        public void Format(LogEvent logEvent, TextWriter output)
        {
            string start = forJournal ? Priority(logEvent.Level) : Stamp(logEvent);
            output.Write(start);
            output.WriteLine(PrintableText.Of(Render(logEvent)));
            if (logEvent.Exception is null)
                return;
            foreach (string line in logEvent.Exception.ToString().Split('\n'))
            {
                output.Write(start);
                output.Write("  ");
                output.WriteLine(PrintableText.Of(line.TrimEnd('\r')));
            }
        }

        private static string Stamp(LogEvent logEvent) => string.Create(
            CultureInfo.InvariantCulture, $"{logEvent.Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {LevelName(logEvent.Level)}: ");

        private static string Priority(LogEventLevel level) => level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => "<7>",
            LogEventLevel.Information => "<6>",
            LogEventLevel.Warning => "<4>",
            _ => "<3>",
        };
    }

    /// <summary>A JSON object a line: time, level, message, then each fact of the message under its own name.</summary>
    private sealed class JsonLine : ITextFormatter
    {
        // Lines go to a log, never into a web page: < and > need no escapes.
        private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, Readable))
            {
                json.WriteStartObject();
                json.WriteString("time", logEvent.Timestamp.UtcDateTime);
                json.WriteString("level", LevelName(logEvent.Level));
                json.WriteString("message", Render(logEvent));
                foreach (var (name, value) in logEvent.Properties)
                    WriteFact(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
                if (logEvent.Exception is { } exception)
                    json.WriteString("exception", exception.ToString());
                json.WriteEndObject();
            }
            output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }

        private static void WriteFact(Utf8JsonWriter json, string name, LogEventPropertyValue value)
        {
            switch ((value as ScalarValue)?.Value)
            {
                case string text:
                    json.WriteString(name, text);
                    break;
                case int number:
                    json.WriteNumber(name, number);
                    break;
                case long number:
                    json.WriteNumber(name, number);
                    break;
                case null:
                    // EventId and scopes are structures; nobody asks for them.
                    break;
                case var other:
                    json.WriteString(name, string.Create(CultureInfo.InvariantCulture, $"{other}"));
                    break;
            }
        }
    }
}
