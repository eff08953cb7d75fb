//! temporary
use super::url::PostgresUrl;
#[derive(Clone)]
pub struct Connector {
    config: tokio_postgres::Config,
}
pub struct Driver(tokio_postgres::Connection<tokio_postgres::Socket, tokio_postgres::tls::NoTlsStream>);
impl Connector {
    pub async fn connect(&self) -> Result<(tokio_postgres::Client, Driver), tokio_postgres::Error> {
        let (c, d) = self.config.connect(tokio_postgres::NoTls).await?;
        Ok((c, Driver(d)))
    }
    pub fn config(&self) -> &tokio_postgres::Config {
        &self.config
    }
}
impl Driver {
    pub async fn run(mut self, mut on_message: impl FnMut(tokio_postgres::AsyncMessage)) {
        while let Some(Ok(m)) = std::future::poll_fn(|cx| self.0.poll_message(cx)).await {
            on_message(m);
        }
    }
}
impl PostgresUrl {
    pub(crate) fn connector(&self) -> Result<Connector, String> {
        Ok(Connector { config: self.config() })
    }
}
impl deadpool_postgres::Connect for Connector {
    fn connect(
        &self,
        _: &tokio_postgres::Config,
    ) -> std::pin::Pin<
        Box<
            dyn Future<Output = Result<(tokio_postgres::Client, tokio::task::JoinHandle<()>), tokio_postgres::Error>>
                + Send
                + '_,
        >,
    > {
        Box::pin(async move {
            let (client, driver) = Connector::connect(self).await?;
            Ok((client, tokio::spawn(driver.run(|_| {}))))
        })
    }
}
