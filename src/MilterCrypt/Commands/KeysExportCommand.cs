using System.Buffers;
using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.Commands;

/// <summary>`keys export`: certificates on standard output.</summary>
internal static class KeysExportCommand
{
    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var armor = new Option<bool>("--armor", "-a") { Description = "Writes text, as is done on a terminal anyway" };
        var minimal = new Option<bool>("--minimal") { Description = "Only what is needed to write to their owners now, for publishing" };
        var command = new Command("export", "Writes certificates to standard output.") { keys, armor, minimal };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(keys),
            parsed.GetValue(armor) || !Console.IsOutputRedirected,
            parsed.GetValue(minimal),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] names, bool armor, bool isMinimal, CancellationToken cancellationToken)
    {
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var certificates = await KeyNames.FindAsync(store, names, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        foreach (var certificate in certificates)
        {
            var packets = isMinimal
                ? StoredPackets.Read(certificate).Minimal(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default).ToArray()
                : certificate.Certificate;
            await output.WriteAsync(armor ? Armored(packets) : packets, cancellationToken);
        }

        return ExitCode.Ok;
    }

    private static ReadOnlyMemory<byte> Armored(ReadOnlyMemory<byte> packets)
    {
        var text = new ArrayBufferWriter<byte>();
        var armor = new ArmorWriter(text, new ArmorOptions("PGP PUBLIC KEY BLOCK", LineEnding.Lf));
        armor.Write(packets.Span);
        armor.Complete();
        return text.WrittenMemory;
    }
}
