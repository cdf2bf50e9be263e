using System.Buffers;
using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter.Session;

/// <summary>What all sessions of a server share; owned by its <see cref="MilterConnectionHandler"/>.</summary>
internal sealed record SessionServices(
    IMailFilter Filter, MilterOptions Options, TimeProvider Time, MemoryPool<byte> Pool, StopClock Stop, MilterMetrics Metrics, ILogger Logger);
