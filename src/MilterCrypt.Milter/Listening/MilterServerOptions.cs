using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MilterCrypt.Milter.Listening;

/// <summary>What a <see cref="MilterServer"/> works with; the defaults suit Postfix and Sendmail as they come.</summary>
public sealed record MilterServerOptions
{
    /// <summary>Limits, times and wishes of every session.</summary>
    public MilterOptions Sessions { get; init; } = new();

    /// <summary>Who may connect to a Unix socket that the server opens.</summary>
    public MilterSocketOptions Socket { get; init; } = new();

    /// <summary>What is the listener's own: its limit, its tag.</summary>
    public MilterListenerOptions Listener { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the log goes. Without one nobody learns why a filter's mail is answered 451.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where connections, messages and times are recorded, as <c>milter.*</c>; the caller's to dispose. Without one
    /// the server has its own, named <c>MilterCrypt.Milter</c>.</summary>
    public Meter? Meter { get; init; }
}
