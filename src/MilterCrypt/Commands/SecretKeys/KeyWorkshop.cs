using System.CommandLine;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Keys;
using MilterCrypt.KeyHolding;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>What the commands that make and change one's own keys work with: the folder with the secret keys, their passphrase,
/// and where the public certificates go. Owned by one command.</summary>
internal sealed class KeyWorkshop : IAsyncDisposable
{
    private readonly IKeyStore? store;
    private readonly TextWriter output;

    private KeyWorkshop(SecretKeyFolder folder, Passphrase? passphrase, IKeyStore? store, TextWriter output)
    {
        Folder = folder;
        Passphrase = passphrase;
        this.store = store;
        this.output = output;
    }

    /// <summary>Where the secret keys are.</summary>
    public SecretKeyFolder Folder { get; }

    /// <summary>What locks them; null where nothing does.</summary>
    public Passphrase? Passphrase { get; }

    /// <summary>The option that keeps the key store out of it.</summary>
    public static Option<bool> NoStore() => new("--no-store")
    {
        Description = "Writes the certificate to standard output, and leaves the key store alone, which may be another user's",
    };

    /// <summary>The option that names another passphrase's file.</summary>
    public static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = "A file that is the passphrase, but for one line end after it, in place of secret-keys.passphrase",
        HelpName = "FILE",
    };

    /// <summary>Opens what the configuration names, before anything is changed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="config">The configuration's option.</param>
    /// <param name="noStore">The option of <see cref="NoStore"/>.</param>
    /// <param name="passphraseFile">The option of <see cref="PassphraseFile"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">Something of it is missing.</exception>
    public static async Task<KeyWorkshop> OpenAsync(
        ParseResult parsed, Option<string> config, Option<bool> noStore, Option<string?> passphraseFile, CancellationToken cancellationToken)
    {
        string file = parsed.GetRequiredValue(config);
        var settings = (await ConfigurationLoading.LoadAsync(file, cancellationToken)).SecretKeys
            ?? throw new CommandException(ExitCode.Configuration, $"{file}: there is no `secret-keys`, whose directory is where secret keys are kept");
        if (settings.HeldBy == KeyCustody.GpgAgent)
            throw new CommandException(ExitCode.Configuration, $"{file}: secret-keys.held-by is gpg-agent: its keys are made and changed with gpg");
        ConfigurationLoading.RequireNativeLibraries();

        var passphrase = ReadPassphrase(parsed.GetValue(passphraseFile) is { } named ? new SecretSource.File(named) : settings.Passphrase);
        try
        {
            var store = parsed.GetValue(noStore) ? null : await ConfigurationLoading.OpenStoreAsync(file, create: true, cancellationToken);
            return new KeyWorkshop(new SecretKeyFolder(settings.Directory), passphrase, store, parsed.InvocationConfiguration.Output);
        }
        catch
        {
            passphrase?.Dispose();
            throw;
        }
    }

    /// <summary>Changes one secret key, writes it in its file's place, and hands its certificate on.</summary>
    /// <param name="name">A fingerprint or an address.</param>
    /// <param name="change">What is done to it; says what it did, or throws where it can't.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">There is no such key, it stays locked, or can't be changed or written.</exception>
    public async Task ChangeAsync(string name, Func<SecretCertificate, CertificateEditor, string> change, CancellationToken cancellationToken)
    {
        var (file, secret) = Folder.Find(name);
        using (file)
        {
            bool wasLocked = secret.IsLocked;
            if (wasLocked)
                Unlock(secret);
            var editor = CertificateEditor.Open(secret, new ChangeOptions(), out string? refusal) ?? throw Refused(secret, refusal);
            int keys = secret.Keys.Count;
            string done = change(secret, editor);

            // A key that came to locked ones is locked like them.
            if (wasLocked && secret.Keys.Count > keys)
                Lock(secret);
            await Postdating.WaitAsync(secret.Certificate, cancellationToken);
            var admitted = await AdmitAsync(secret.Certificate, replace: false, cancellationToken);
            file.Save();
            await PublishAsync(secret.Certificate, admitted, done, cancellationToken);
        }
    }

    /// <summary>Whether a certificate is let into the key store; refused ones throw.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="replace">Whether it may take addresses over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is to be stored; null where nothing is.</returns>
    public async Task<StoredCertificate?> AdmitAsync(Certificate certificate, bool replace, CancellationToken cancellationToken)
    {
        if (store is null)
            return null;
        var now = TimeProvider.System.GetUtcNow();
        var found = new KeyInput.Found(certificate, StoredPackets.Of(certificate, "miltercrypt keys", now));
        return await new KeyAdmission(store, AlgorithmPolicy.Default, replace).DecideAsync(found, now, cancellationToken) switch
        {
            KeyVerdict.Admitted admitted => admitted.Certificate,
            KeyVerdict.Refused refused => throw new CommandException(ExitCode.Data, $"{certificate.Fingerprint}: {PrintableText.Of(refused.Reason)}"),
            _ => throw new InvalidOperationException("A third verdict."),
        };
    }

    /// <summary>Stores a certificate, or writes it to standard output, and says what was done.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="admitted">What <see cref="AdmitAsync"/> gave.</param>
    /// <param name="done">What was done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PublishAsync(Certificate certificate, StoredCertificate? admitted, string done, CancellationToken cancellationToken)
    {
        var said = admitted is null ? Console.Error : output;
        if (admitted is not null)
            await store!.StoreAsync([admitted], cancellationToken);
        else
            await output.WriteAsync(System.Text.Encoding.ASCII.GetString(certificate.ToArmor()));
        await said.WriteLineAsync($"{certificate.Fingerprint}  {done}");
        await said.WriteLineAsync("the key holder takes it up with `systemctl reload miltercrypt-keyholder`");
    }

    /// <summary>Locks all keys of a certificate with the passphrase, if there is one.</summary>
    /// <exception cref="CommandException">They can't be.</exception>
    public void Lock(SecretCertificate secret)
    {
        if (Passphrase is not null && !secret.TrySetPassphrase(Passphrase.Octets, new Pgp().Random, out string? reason))
            throw Refused(secret, reason);
    }

    /// <summary>Something can't be done with a key.</summary>
    public static CommandException Refused(SecretCertificate secret, string? reason) =>
        new(ExitCode.Data, $"{secret.Certificate.Fingerprint}: {PrintableText.Of(reason ?? "it can't be changed")}");

    /// <summary>Clears and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        Passphrase?.Dispose();
        if (store is not null)
            await store.DisposeAsync();
    }

    private static Passphrase? ReadPassphrase(SecretSource? source)
    {
        try
        {
            return SecretKeyOpening.ReadPassphrase(source);
        }
        catch (SecretKeyException e)
        {
            string hint = source is SecretSource.Credential ? "; here --passphrase-file names a file instead" : "";
            throw new CommandException(ExitCode.Configuration, PrintableText.Of(e.Message) + hint);
        }
    }

    private void Unlock(SecretCertificate secret)
    {
        if (Passphrase is null)
            throw new CommandException(ExitCode.Configuration, $"{secret.Certificate.Fingerprint}: locked with a passphrase, and secret-keys.passphrase names none");
        if (!secret.TryUnlock(Passphrase.Octets, S2kLimits.Default, out string? reason))
            throw new CommandException(ExitCode.Data, $"{secret.Certificate.Fingerprint}: {PrintableText.Of(reason)}");
    }
}
