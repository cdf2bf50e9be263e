using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>A process of node's that has OpenPGP.js loaded, started for the first request: node needs longer to begin than for
/// most of what it is asked.</summary>
internal sealed class OpenPgpJsService(string module) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private Process? process;

    private static string Script => Repository.PathOf("tests/MilterCrypt.TestSupport/Peers/openpgp-js.mjs");

    /// <summary>Has one request carried out; the exit code is 0 where that went well.</summary>
    public async Task<CommandResult> AskAsync(OpenPgpJsRequest request)
    {
        process ??= Start();
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, Form));
        await process.StandardInput.FlushAsync();
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("node ended");
        string? error = JsonSerializer.Deserialize<Answer>(line, Form)!.Error;
        return new CommandResult(error is null ? 0 : 1, [], error ?? "");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Process Start()
    {
        ProcessStartInfo start = Command.Describe("node", [Script, module]);
        start.RedirectStandardInput = true;
        start.RedirectStandardError = false;
        return Process.Start(start)!;
    }

    private sealed record Answer(string? Error);
}
