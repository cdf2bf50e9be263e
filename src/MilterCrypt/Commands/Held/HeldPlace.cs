using System.CommandLine;
using System.Security.Cryptography;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Native.LibC;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>How the commands get at held messages.</summary>
internal static class HeldPlace
{
    private const string LockName = ".lock";

    /// <summary>The argument that names messages.</summary>
    public static Argument<string[]> Ids(bool required)
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "What `held list` calls the message; repeatable",
            Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        };
        // Else an option that there is not would be taken for a message's name.
        ids.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static token => token.Value.StartsWith('-')))
                result.AddError($"there is no option '{token.Value}'");
        });
        return ids;
    }

    /// <summary>The folder that the file names.</summary>
    /// <exception cref="CommandException">It names none, or it is somebody else's.</exception>
    public static HeldFolder Folder(Settings settings, string file, RandomNumberGenerator random)
    {
        if (ProcessorMeans.Folder(settings, random) is not { } folder)
            throw new CommandException(ExitCode.Configuration, $"{file}: there is no `held`, such as `held: {{directory: /var/lib/miltercrypt/held}}`");
        // What root writes there the daemon could not read; and the key holder answers the daemon's user alone.
        if (FileIdentity.Of(folder.Directory) is { Owner: not 0 } place && place.Owner != FileIdentity.CurrentUser)
        {
            string owner = FileIdentity.UserName(place.Owner);
            throw new CommandException(
                ExitCode.CantCreate, $"{folder.Directory} belongs to {owner}: run this as {owner}, such as `runuser -u {owner} -- miltercrypt held list`");
        }
        if (Directory.Exists(folder.Directory) && SpoolCheck.ComplaintOfHeld(folder.Directory, FileIdentity.CurrentUser) is { } complaint)
            throw new CommandException(ExitCode.CantCreate, $"{file}: {complaint}");
        return folder;
    }

    /// <summary>Keeps other commands from changing what is held; the daemon only adds.</summary>
    /// <exception cref="CommandException">Another is at it.</exception>
    public static IDisposable Lock(HeldFolder folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder.Directory, LockName), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TryAgain, $"another `held` command is at work, or {folder.Directory} can't be written: {e.Message}");
        }
    }

    /// <summary>The messages of these names.</summary>
    /// <exception cref="CommandException">One is not there.</exception>
    public static IReadOnlyList<HeldFile> Find(HeldFolder folder, IEnumerable<string> ids) =>
        [.. ids.Distinct().Select(id => folder.Find(id) ?? throw new CommandException(ExitCode.NoInput, $"no message '{PrintableText.Of(id)}' is held"))];

    /// <summary>Those for whom it is held.</summary>
    public static string Recipients(HeldFile held) => string.Join(' ', held.Left.Select(static one => $"<{PrintableText.Of(one.Recipient.Address)}>"));
}
