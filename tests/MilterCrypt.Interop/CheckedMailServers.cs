using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop;

/// <summary>`miltercrypt check` on the configurations of real mail servers: the project's examples are good, and each wrong
/// line is found, alone, by its name.</summary>
public sealed class CheckedMailServers
{
    private const string Rules = "  - encrypt: when-possible";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task APostfixThatTheTestsUseIsGoodAndTheFilterAnswers(bool tcp)
    {
        RequirePostfix();
        await using var daemon = new MilterCryptDaemon(Rules, tcp);
        await daemon.StartAsync();
        using var server = Postfix(daemon.Socket);
        var result = await CheckAsync(daemon.ConfigurationFile, "--postfix", server.PathOf("etc"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"{server.PathOf("etc")}: Postfix ", result.OutputText, StringComparison.Ordinal);
        Assert.Contains($"{daemon.Socket.ForPostfix}: answers as a milter, version 6\n", result.OutputText, StringComparison.Ordinal);
        Assert.Empty(Faults(result, server));
    }

    [Theory]
    [InlineData("error", "milter_default_action = accept", "main.cf: milter_default_action = accept: ")]
    [InlineData("warning", "milter_default_action = ${stress?{tempfail}:{reject}}", "main.cf: milter_default_action = reject: ")]
    [InlineData("warning", "milter_command_timeout = 3s", "milter_command_timeout = 3s: ")]
    [InlineData("warning", "milter_content_timeout = $milter_connect_timeout\nmilter_connect_timeout = 6s", "milter_content_timeout = 6s: ")]
    [InlineData("warning", "non_smtpd_milters =", "main.cf: non_smtpd_milters = : ")]
    [InlineData("error", "smtpd_milters =", "Postfix never calls the filter")]
    [InlineData("warning", "milter_protocol = 3", "milter_protocol = 3: ")]
    [InlineData("warning", "message_size_limit = 8000000000", "spool.disk")]
    [InlineData("warning", "smtpd_milter = inet:127.0.0.1:1", "unused parameter: smtpd_milter=")]
    public async Task AWrongLineOfMainCfIsFoundAlone(string level, string lines, string text)
    {
        RequirePostfix();
        await using var daemon = new MilterCryptDaemon(Rules, tcp: true);
        await daemon.StartAsync();
        using var server = Postfix(daemon.Socket);
        Replace(server, lines);
        var result = await CheckAsync(daemon.ConfigurationFile, "--postfix", server.PathOf("etc"));

        string found = Assert.Single(Faults(result, server));
        Assert.StartsWith(level + ": ", found, StringComparison.Ordinal);
        Assert.Contains(text, found, StringComparison.Ordinal);
        Assert.Equal(level == "error" ? 78 : 0, result.ExitCode);
    }

    [Theory]
    [InlineData("error", "-o milter_default_action=accept", "-o milter_default_action = accept: ")]
    [InlineData("error", "-o mine=accept -o milter_default_action=$mine", "-o milter_default_action = accept: ")]
    [InlineData("warning", "-o smtpd_milters=", "-o smtpd_milters = : what the service submission/inet takes passes by the filter")]
    [InlineData("warning", "-o receive_override_options=no_milters", "take no_milters out")]
    public async Task AWrongOptionInMasterCfIsFoundAlone(string level, string options, string text)
    {
        RequirePostfix();
        await using var daemon = new MilterCryptDaemon(Rules, tcp: true);
        await daemon.StartAsync();
        using var server = Postfix(daemon.Socket);
        await File.AppendAllTextAsync(
            server.PathOf("etc/master.cf"), $"submission inet n - n - - smtpd\n  {options}\n", TestContext.Current.CancellationToken);
        var result = await CheckAsync(daemon.ConfigurationFile, "--postfix", server.PathOf("etc"));

        string found = Assert.Single(Faults(result, server));
        Assert.StartsWith($"{level}: {server.PathOf("etc/master.cf")}: submission/inet: ", found, StringComparison.Ordinal);
        Assert.Contains(text, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ingress", 0, "  smtp (25)             -> miltercrypt (ingress) -> queue\n")]
    [InlineData("split", 10026, "  127.0.0.1:10026       -> no filter (loopback)  -> queue\n")]
    [InlineData("two-hop", 10027, "  127.0.0.1:10027       -> miltercrypt (egress)  -> smtp -> [127.0.0.1]:")]
    public async Task TheExamplesForPostfixAreGoodAndDrawn(string name, int port, string line)
    {
        RequirePostfix();
        using var server = new TestDirectory();
        ExampleLayout.Write(server, name, LoopbackPort.Free(), port: null);
        string configuration = name == "two-hop"
            ? Configuration(server, ExampleLayout.Filter(server, name), "  - encrypt: always")
            : Configuration(server, $"unix:{server.PathOf("queue/miltercrypt/milter.sock")}", "  - encrypt: always");
        var result = await CheckAsync(configuration, "--postfix", server.PathOf("etc"));

        // Without a second hop or a limit, Postfix's reports are what is left, as docs/mail-servers.md says.
        Assert.Equal(name == "ingress" ? ["bounce_size_limit = 50000: "] : [], Faults(result, server).Select(fault => fault.Split("main.cf: ")[1][..27]));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"postfix ({server.PathOf("etc")}): how mail goes\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains(line, result.OutputText, StringComparison.Ordinal);
        Assert.Equal(name == "two-hop", result.OutputText.Contains("ways around the filter: none\n", StringComparison.Ordinal));

        // Each line counts: without what leads to the listener, or to us, it is found.
        if (name == "two-hop")
        {
            string master = server.PathOf("etc/master.cf");
            await File.WriteAllTextAsync(master, (await File.ReadAllTextAsync(master, TestContext.Current.CancellationToken))
                .Replace("  -o content_filter=smtp:\n", "", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            Assert.Contains($"127.0.0.1:{port}/inet: what leads to it", Assert.Single(Faults(await CheckAsync(configuration, "--postfix", server.PathOf("etc")), server)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("hop-key", 1)]
    public async Task TheExampleForASecondHopThatSplitsIsGoodWhereTheFirstLeavesItToIt(string leftOut, int faults)
    {
        RequirePostfix();
        using var server = new TestDirectory();
        ExampleLayout.Write(server, "two-hop", LoopbackPort.Free(), port: null);
        ExampleLayout.Add(server, "two-hop-split", isStarted: false);
        ExampleLayout.SetMain(server, "virtual_alias_maps = hash:/etc/postfix/virtual\nvirtual_alias_domains = lists.example\n");
        string configuration = Configuration(server, ExampleLayout.Filter(server, "two-hop"), "  - encrypt: always");
        string splitting = ExampleLayout.Read("two-hop-split", "miltercrypt.yaml").Replace("/var/lib/miltercrypt", server.Root, StringComparison.Ordinal);
        var lines = (await File.ReadAllLinesAsync(configuration, TestContext.Current.CancellationToken))
            .Where(line => leftOut.Length == 0 || !line.StartsWith(leftOut, StringComparison.Ordinal));
        await File.WriteAllLinesAsync(configuration, lines.Append(splitting), TestContext.Current.CancellationToken);
        var result = await CheckAsync(configuration, "--postfix", server.PathOf("etc"));

        Assert.Contains("  127.0.0.1:10028       -> no filter (injection) ", result.OutputText, StringComparison.Ordinal);
        var found = Faults(result, server);
        Assert.Equal(faults, found.Count);
        Assert.All(found, fault => Assert.Contains("take no_address_mappings out", fault, StringComparison.Ordinal));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task TheExampleForPostfixIsGoodAsItStands()
    {
        RequirePostfix();
        using var server = Example();
        string folder = Directory.CreateDirectory(server.PathOf("queue/miltercrypt")).FullName;
        string configuration = Configuration(server, $"unix:{folder}/milter.sock");
        var result = await CheckAsync(configuration, "--postfix", server.PathOf("etc"));
        Assert.Empty(Faults(result, server));
        Assert.Equal(0, result.ExitCode);

        // Its smtpd is in a jail, whose user must reach the socket.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var barred = await CheckAsync(configuration, "--postfix", server.PathOf("etc"));
        Assert.All(Faults(barred, server), found => Assert.Contains($"postfix may not enter {folder} (root, mode 700)", found, StringComparison.Ordinal));
        Assert.Equal(78, barred.ExitCode);
    }

    [Theory]
    [InlineData("smtp inet n - y - - smtpd", "3.6", true)]
    [InlineData("smtp inet n - - - - smtpd", "0", true)]
    [InlineData("smtp inet n - - - - smtpd", "3.6", false)]
    [InlineData("smtp inet n - n - - smtpd", "0", false)]
    public async Task APathThatAJailedServiceCannotSeeIsFound(string service, string compatibility, bool found)
    {
        RequirePostfix();
        using var server = Example();
        string socket = $"unix:{server.PathOf("milter.sock")}";
        Replace(server, $"smtpd_milters = {socket}\nnon_smtpd_milters = {socket}\ncompatibility_level = {compatibility}");
        string master = server.PathOf("etc/master.cf");
        File.WriteAllLines(master, File.ReadAllLines(master).Where(line => !line.StartsWith("smtp ", StringComparison.Ordinal)).Prepend(service));
        // What that level of compatibility changes besides is not looked at.
        var result = await CheckAsync(Configuration(server, socket), "--postfix", server.PathOf("etc"));

        var faults = Faults(result, server);
        Assert.Equal(found, faults.Exists(fault => fault.Contains("smtp/inet, chrooted in ", StringComparison.Ordinal)));
        Assert.Equal(found ? 1 : 0, faults.Count);
    }

    [Fact]
    public async Task SeveralPostfixesAreLookedAtAndWhatCannotBeReadIsToldInALine()
    {
        RequirePostfix();
        using var here = new TestDirectory();
        string configuration = Configuration(here, "inet:127.0.0.1:1");
        here.Write("junk/main.cf", "\u0001\u0002 not a configuration\n");
        here.Write("circle/main.cf", $"queue_directory = {here.Root}\nsmtpd_milters = $one\none = $two\ntwo = $one\n");
        here.Write("fields/main.cf", $"queue_directory = {here.Root}\n");
        here.Write("fields/master.cf", "smtp inet n\n");
        here.Write("circle/master.cf", "");
        var result = await CheckAsync(
            configuration, [.. new[] { "junk", "circle", "fields", "missing" }.SelectMany(name => new[] { "--postfix", here.PathOf(name) })]);

        Assert.Equal(78, result.ExitCode);
        Assert.Equal(
            ["junk", "circle", "fields", "missing"],
            Faults(result, here).Select(fault => fault.Split(": ")[1]).Where(place => place.StartsWith(here.Root, StringComparison.Ordinal)).Select(Path.GetFileName));
        Assert.Contains("unreasonable macro call nesting", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10026)]
    public async Task TheExamplesForSendmailAreGoodAsTheyStand(int? handBackTo)
    {
        RequireSendmail();
        using var server = new TestDirectory();
        var socket = new MilterSocket.Unix(server.PathOf("milter.sock"));
        string file = await SendmailAsync(server, socket, handBackTo);
        string configuration = Configuration(server, socket.ForSendmail);
        if (handBackTo is not null)
            await File.AppendAllTextAsync(configuration, $"reinject: smtp://127.0.0.1:{handBackTo}\n", TestContext.Current.CancellationToken);
        var result = await CheckAsync(configuration, "--sendmail", file);
        Assert.Contains($"{file}: Sendmail 8.", result.OutputText, StringComparison.Ordinal);
        Assert.Empty(Faults(result, server));
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("error", ", F=T", "", "Xmiltercrypt: there is no F=")]
    [InlineData("warning", "F=T", "F=R", "F=R: ")]
    [InlineData("warning", "E:5m", "E:1m", "T=E:1m: ")]
    [InlineData("error", "O InputMailFilters=miltercrypt", "", "is defined, but never called")]
    [InlineData("error", "milter.sock", "other.sock", "Sendmail never calls the filter")]
    public async Task AWrongLineOfSendmailCfIsFoundAlone(string level, string from, string to, string text)
    {
        RequireSendmail();
        using var server = new TestDirectory();
        var socket = new MilterSocket.Unix(server.PathOf("milter.sock"));
        string file = await SendmailAsync(server, socket);
        string made = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains(from, made, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, made.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var result = await CheckAsync(Configuration(server, socket.ForSendmail), "--sendmail", file);

        string found = Assert.Single(Faults(result, server));
        Assert.StartsWith(level + ": ", found, StringComparison.Ordinal);
        Assert.Contains(text, found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASocketThatSendmailCallsUnsafeIsFoundBeforeSendmailDoes()
    {
        RequireSendmail();
        using var server = new TestDirectory();
        string folder = Directory.CreateDirectory(server.PathOf("open")).FullName;
        var socket = new MilterSocket.Unix(Path.Combine(folder, "milter.sock"));
        string file = await SendmailAsync(server, socket);
        string configuration = Configuration(server, socket.ForSendmail);
        // The test's Sendmail is told to trust groups, but nobody else.
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupWrite);
        Assert.Empty(Faults(await CheckAsync(configuration, "--sendmail", file), server));
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.Contains($"everybody may write to {folder}", Assert.Single(Faults(await CheckAsync(configuration, "--sendmail", file), server)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatIsNoSendmailCfAndAnAddressWhereNobodyListensAreTold()
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        using var here = new TestDirectory();
        string nothing = here.Write("empty", "");
        var result = await CheckAsync(Configuration(here, $"unix:{here.PathOf("none.sock")}"), "--sendmail", nothing);
        Assert.Contains($"error: {nothing}: it is no sendmail.cf", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("none.sock: nobody listens there", result.OutputText, StringComparison.Ordinal);
        // Nothing is said of servers or sockets where nobody wants to know.
        var quiet = (await CheckAsync(Configuration(here, "inet:127.0.0.1:1"), "--no-mta")).OutputText;
        Assert.DoesNotContain("nobody listens", quiet, StringComparison.Ordinal);
        Assert.DoesNotContain("mail server", quiet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereThereIsNoMailServerThatIsANoteAndNoFault()
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        if (File.Exists("/etc/postfix/main.cf") || File.Exists("/etc/mail/sendmail.cf"))
            Assert.Skip("this machine has a mail server of its own");
        using var here = new TestDirectory();
        var result = await CheckAsync(Configuration(here, $"unix:{here.PathOf("none.sock")}"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\nnote: no mail server was found: ", result.OutputText, StringComparison.Ordinal);
    }

    private static void RequirePostfix()
    {
        if ((PostfixServer.Missing() ?? MilterCryptProgram.Missing()) is { } missing)
            Assert.Skip(missing);
    }

    private static void RequireSendmail()
    {
        if ((SendmailServer.Missing() ?? MilterCryptProgram.Missing()) is { } missing)
            Assert.Skip(missing);
    }

    private static TestDirectory Postfix(MilterSocket socket)
    {
        var directory = new TestDirectory();
        PostfixConfiguration.Write(directory, LoopbackPort.Free(), socket, LoopbackPort.Free(), []);
        return directory;
    }

    /// <summary>The example as it is published, on top of a Postfix without a filter.</summary>
    private static TestDirectory Example()
    {
        var directory = new TestDirectory();
        ExampleLayout.Write(directory, "ingress", LoopbackPort.Free(), port: null);
        return directory;
    }

    private static async Task<string> SendmailAsync(TestDirectory directory, MilterSocket socket, int? handBackTo = null)
    {
        await SendmailConfiguration.WriteAsync(directory, SendmailServer.UnpackedRoot, LoopbackPort.Free(), socket, LoopbackPort.Free(), handBackTo: handBackTo);
        return directory.PathOf("sendmail.cf");
    }

    /// <param name="directory">The test's folder.</param>
    /// <param name="listen">An address; or the example's configuration, whose `listen` it is.</param>
    /// <param name="rules">The rules.</param>
    private static string Configuration(TestDirectory directory, string listen, string rules = Rules) => directory.Write("miltercrypt.yaml", $"""
        {(listen.Contains("store:", StringComparison.Ordinal) ? listen[..listen.IndexOf("store:", StringComparison.Ordinal)] : $"listen: \"{listen}\"")}
        store: sqlite:{directory.PathOf("keys.db")}
        spool: {"{"}directory: {directory.Root}{"}"}
        rules:
        {rules}

        """);

    private static void Replace(TestDirectory server, string lines) => ExampleLayout.SetMain(server, lines);

    private static Task<CommandResult> CheckAsync(string configuration, params string[] arguments) =>
        MilterCryptProgram.RunAsync(["check", "--config", configuration, .. arguments], default, TestContext.Current.CancellationToken);

    /// <summary>The errors and warnings of a mail server whose configuration is in that folder; sockets and keys are left out.</summary>
    private static List<string> Faults(CommandResult result, TestDirectory server) =>
    [
        .. result.OutputText.Split('\n').Where(line =>
            line.StartsWith($"error: {server.Root}", StringComparison.Ordinal) || line.StartsWith($"warning: {server.Root}", StringComparison.Ordinal)),
    ];
}
