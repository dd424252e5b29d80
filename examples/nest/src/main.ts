import "reflect-metadata";
import { Module } from "@nestjs/common";
import { APP_FILTER, NestFactory } from "@nestjs/core";
import { FibController } from "./fib.controller.js";
import { GridModule } from "./grid.module.js";
import { GridErrorFilter } from "./grid-error.filter.js";

@Module({
  imports: [GridModule],
  controllers: [FibController],
  providers: [{ provide: APP_FILTER, useClass: GridErrorFilter }],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
// SIGTERM closes the server, then runs onApplicationShutdown
app.enableShutdownHooks();
await app.listen(process.env["PORT"] ?? 8080);
