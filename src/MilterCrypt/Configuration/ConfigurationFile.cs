using System.Text;

namespace MilterCrypt.Configuration;

/// <summary>Reads a configuration from a file: either a good one, or all that is wrong with it.</summary>
internal static class ConfigurationFile
{
    /// <summary>Where it is where nobody says otherwise.</summary>
    public const string DefaultPath = "/etc/miltercrypt/miltercrypt.yaml";

    /// <summary>More is no configuration but an accident, such as a device or a log.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads the file and everything in it.</summary>
    public static async Task<ConfigurationResult> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            byte[] bytes = await ReadBoundedAsync(path, cancellationToken);
            if (bytes.Length > MaxBytes)
                return Refuse($"{path}: it is larger than {MaxBytes} bytes: not a configuration file");
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refuse($"{path}: there is no such file; --config FILE names another");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{path}: it can't be read: {e.Message}");
        }
        catch (DecoderFallbackException)
        {
            return Refuse($"{path}: it is not UTF-8 text");
        }
        return Read(text, path);
    }

    /// <summary>Reads a configuration from a text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file's name, for what is said about it.</param>
    /// <param name="clock">Tells the time of reading; null for the system's.</param>
    public static ConfigurationResult Read(string text, string file, TimeProvider? clock = null)
    {
        var problems = new List<ConfigurationProblem>();
        var settings = SafeYaml.TryLoad(text, problems) is { } root ? new SettingsReader(problems, (clock ?? TimeProvider.System).GetUtcNow()).Read(root) : new Settings();
        return problems.Count == 0
            ? new ConfigurationResult.Loaded(settings)
            : new ConfigurationResult.Refused(
                [.. problems.OrderBy(problem => (problem.Line, problem.Column)).Select(problem => problem.Format(file))]);
    }

    private static ConfigurationResult.Refused Refuse(string complaint) => new([complaint]);

    private static async Task<byte[]> ReadBoundedAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[MaxBytes + 1];
        int length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return bytes[..length];
    }
}
