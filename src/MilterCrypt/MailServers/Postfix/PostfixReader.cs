using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Asks `postconf` what a Postfix is configured to do. Postfix itself expands <c>$name</c>, for each service with
/// that service's own options, so that nothing here has to know how.</summary>
internal static class PostfixReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Each with options of its own is asked for by itself; so many are no configuration but an accident.</summary>
    private const int MostWithOptions = 500;

    private static readonly string[] UsualFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/local/bin", "/usr/bin"];

    /// <summary>The program's path; null where Postfix is not installed.</summary>
    public static string? FindPostconf() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(UsualFolders)
        .Select(folder => Path.Combine(folder, "postconf"))
        .FirstOrDefault(File.Exists);

    /// <summary>Reads the configuration in a folder.</summary>
    /// <returns>What it says, or why it can't be read.</returns>
    public static async Task<(PostfixInstance? Instance, string? Failure)> ReadAsync(
        string postconf, string directory, CancellationToken cancellationToken)
    {
        Task<ProgramRun> Ask(params IEnumerable<string> arguments) =>
            ProgramRun.OfAsync(postconf, ["-c", directory, .. arguments], Patience, cancellationToken);

        var parameters = await Ask("-x");
        var lines = parameters.Failure is null ? await Ask("-M") : parameters;
        var options = lines.Failure is null ? await Ask("-P") : lines;
        if (options.Failure is not null)
            return (null, options.Failure);

        var main = new PostfixParameters(PostconfOutput.Parameters(parameters.Output));
        var version = PostfixVersion.Parse(main["mail_version"]);
        bool chrootedByDefault = IsChrootedByDefault(version, main["compatibility_level"]);
        var overridden = PostconfOutput.Options(options.Output);
        if (overridden.Count > MostWithOptions)
            return (null, $"more than {MostWithOptions} services have options in master.cf");
        var services = new List<PostfixService>();
        foreach (var line in PostconfOutput.Services(lines.Output))
        {
            var own = overridden[$"{line.Name}/{line.Type}"].ToList();
            var expanded = own.Count == 0 ? null : await Ask(["-x", .. own.SelectMany(option => (string[])["-o", $"{option.Name}={option.Value}"])]);
            if (expanded?.Failure is { } failure)
                return (null, $"{Words.Value(line.Name)}/{line.Type}: {failure}");
            services.Add(new PostfixService(
                line.Name,
                line.Type,
                line.Chroot == "-" ? chrootedByDefault : line.Chroot == "y",
                line.Unprivileged == "n",
                line.Command,
                own.Select(option => option.Name).ToHashSet(),
                expanded is null ? main : new PostfixParameters(PostconfOutput.Parameters(expanded.Output)))
            {
                MostProcesses = PostfixValue.Number(line.Processes == "-" ? main["default_process_limit"] : line.Processes),
            });
        }
        return (new PostfixInstance(directory, version, main, services, MilterWarnings(parameters.Errors)), null);
    }

    // A dash in master.cf means y before Postfix 3.0, and where compatibility_level says that this is still meant.
    private static bool IsChrootedByDefault(PostfixVersion version, string compatibilityLevel) =>
        version.Number.Major < 3
        || double.TryParse(compatibilityLevel.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out double level) && level < 1;

    // Such as "unused parameter: smtpd_milter=...": a slip of the pen.
    private static List<string> MilterWarnings(string errors) =>
    [
        .. errors.Split('\n')
            .Where(line => line.Contains("warning:", StringComparison.Ordinal) && line.Contains("milter", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("warning:", StringComparison.Ordinal) + "warning:".Length)..].Trim())
            .Distinct()
            .Take(10)
            .Select(Words.Value),
    ];
}
