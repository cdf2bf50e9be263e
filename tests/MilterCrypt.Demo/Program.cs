using System.Diagnostics;
using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

var w = Stopwatch.StartNew();
void T(string s) => Console.WriteLine($"{w.ElapsedMilliseconds,6} {s}");
using var dir = new TestDirectory();
await using var sink = SmtpSink.Start();
foreach (var sock in new MilterSocket[] { new MilterSocket.Unix(dir.PathOf("m.sock")), new MilterSocket.Tcp(LoopbackPort.Free()) })
{
    await using var noop = await NoopFilter.StartAsync(sock);
    T("noop up");
    for (int k = 0; k < 2; k++)
    {
        await using IMailServer mta = k == 0 ? await PostfixServer.StartAsync(sock, sink.Port) : await SendmailServer.StartAsync(sock, sink.Port);
        T(mta.Name + " up");
        string m = Guid.NewGuid().ToString();
        await using (var c = await SmtpConversation.BeginAsync(mta.SmtpPort, default))
        {
            T(c.Capabilities.Replace("\n", " "));
            var r = await c.SendAsync("a@a.example", ["b@b.example"], Encoding.ASCII.GetBytes($"Subject: {m}\r\n\r\n.dot\r\nhi\r\n"));
            T(r.ToString());
        }
        var got = await sink.WaitForAsync(m);
        Console.WriteLine(Encoding.UTF8.GetString(got.Data));
        m = Guid.NewGuid().ToString();
        var res = await mta.SubmitAsync("a@a.example", ["b@b.example", "c@c.example"], Encoding.ASCII.GetBytes($"Subject: {m}\n\n.dot\nhi\n"), default);
        T(res.ToString() + res.OutputText);
        got = await sink.WaitForAsync(m);
        Console.WriteLine(got.MailCommand + string.Join(";", got.RcptCommands));
        Console.WriteLine(Encoding.UTF8.GetString(got.Data));
        await Patience.UntilAsync(() => mta.QueueIsEmpty, TimeSpan.FromSeconds(5), () => "queue");
        T("done");
    }
    T("stopped");
}
return 0;
